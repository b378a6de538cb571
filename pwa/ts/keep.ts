// Keeps what is typed in a form in this tab until it has been sent, so that a closed page or a dead battery costs nothing.
// Passwords, files and tokens are never kept; all of it goes at log-out.
import { all, one } from "./page.ts";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const NEVER = new Set(["password", "file", "hidden", "submit"]);

function controls(form: HTMLFormElement): Control[] {
  return ([...form.elements] as Control[]).filter((control) => control.name && !NEVER.has(control.type));
}

/** What is typed, as pairs; a box that is not ticked leaves no pair. */
export function typed(form: HTMLFormElement): [string, string][] {
  return controls(form).flatMap((control) =>
    control instanceof HTMLInputElement && /^(radio|checkbox)$/.test(control.type) && !control.checked
      ? []
      : [[control.name, control.value] as [string, string]],
  );
}

function restore(form: HTMLFormElement, pairs: [string, string][]): void {
  const left = new Map<string, string[]>();
  for (const [name, value] of pairs) left.set(name, [...(left.get(name) ?? []), value]);
  for (const control of controls(form)) {
    const values = left.get(control.name);
    if (control instanceof HTMLInputElement && /^(radio|checkbox)$/.test(control.type)) {
      control.checked = values?.includes(control.value) ?? false;
    } else {
      const value = values?.shift();
      if (value !== undefined) control.value = value;
    }
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const SENT = "kept-sent";

export function keepWords(): void {
  const forms = all<HTMLFormElement>("form[data-keep]");
  const sent = sessionStorage.getItem(SENT);
  // Another page of ours has answered, so what was sent has arrived; the same form again means that it has not.
  if (sent && !forms.some((form) => placeOf(form) === sent)) sessionStorage.removeItem(sent);
  sessionStorage.removeItem(SENT);
  for (const form of forms) {
    const place = placeOf(form);
    const cameBack = one("[data-focus]", form) !== null;
    const kept = sessionStorage.getItem(place);
    if (kept && !cameBack) restore(form, JSON.parse(kept) as [string, string][]);
    form.addEventListener("input", () => sessionStorage.setItem(place, JSON.stringify(typed(form))));
    form.addEventListener("submit", () => sessionStorage.setItem(SENT, place));
  }
  for (const form of all<HTMLFormElement>('form[action="/logout"]')) {
    form.addEventListener("submit", () => sessionStorage.clear());
  }
}

function placeOf(form: HTMLFormElement): string {
  return `kept:${form.dataset["keep"]}`;
}
