// Keeps what is typed in a form in this tab until it has been sent, so that a closed page or a dead battery costs nothing.
// Passwords, files and tokens are never kept; all of it goes at log-out.
import { all, one } from "./page.ts";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const NEVER = new Set(["password", "file", "hidden", "submit"]);

function controls(form: HTMLFormElement): Control[] {
  return ([...form.elements] as Control[]).filter((control) => control.name && !NEVER.has(control.type));
}

/** A control's name and value, and of a box whether it is ticked. */
type Word = [name: string, value: string, ticked?: boolean];

function isBox(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && /^(radio|checkbox)$/.test(control.type);
}

/** What is typed and ticked. */
export function typed(form: HTMLFormElement): Word[] {
  return controls(form).map((control) =>
    isBox(control) ? [control.name, control.value, control.checked] : [control.name, control.value],
  );
}

/** Write it back. A box that was not there when it was kept (a photo that has arrived since) stays as the page has it. */
function restore(form: HTMLFormElement, words: Word[]): void {
  const left = new Map<string, string[]>();
  for (const [name, value, ticked] of words)
    if (ticked === undefined) left.set(name, [...(left.get(name) ?? []), value]);
  for (const control of controls(form)) {
    if (isBox(control)) {
      const known = words.find(
        ([name, value, ticked]) => ticked !== undefined && name === control.name && value === control.value,
      );
      if (known) control.checked = known[2] ?? false;
    } else {
      const value = left.get(control.name)?.shift();
      if (value !== undefined) control.value = value;
    }
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const SENT = "kept-sent";

/** How a page came: where the office takes a form, it leads on to a page, and be it the same one. */
export type Came = Pick<PerformanceNavigationTiming, "redirectCount" | "responseStatus">;

/** Whether what was sent has arrived. `stays`: the form stands here once more, or there is no network. */
export function arrived(came: Came, stays: boolean): boolean {
  return came.redirectCount > 0 || !(stays || came.responseStatus >= 500);
}

export function keepWords(): void {
  const forms = all<HTMLFormElement>("form[data-keep]");
  const sent = sessionStorage.getItem(SENT);
  if (sent) {
    const came = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming;
    const offline = document.documentElement.hasAttribute("data-shell");
    if (arrived(came, offline || forms.some((form) => placeOf(form) === sent))) sessionStorage.removeItem(sent);
  }
  sessionStorage.removeItem(SENT);
  for (const form of forms) {
    const place = placeOf(form);
    const cameBack = one("[data-focus]", form) !== null;
    const kept = sessionStorage.getItem(place);
    const key = "draft" in form.dataset ? one<HTMLInputElement>("[name=form_key]", form) : null;
    if (kept && !cameBack) {
      // Still the same form: what the phone has of it besides words, and what the office may have of it, go by its key.
      if (key) key.value = sessionStorage.getItem(keyOf(place)) ?? key.value;
      restore(form, JSON.parse(kept) as Word[]);
    }
    form.addEventListener("input", () => {
      sessionStorage.setItem(place, JSON.stringify(typed(form)));
      if (key) sessionStorage.setItem(keyOf(place), key.value);
    });
    form.addEventListener("submit", () => sessionStorage.setItem(SENT, place));
  }
  for (const form of all<HTMLFormElement>('form[action="/logout"]')) {
    form.addEventListener("submit", (event) => {
      if (!event.defaultPrevented) sessionStorage.clear();
    });
  }
}

const keyOf = (place: string) => `${place}:key`;

function placeOf(form: HTMLFormElement): string {
  return `kept:${form.dataset["keep"]}`;
}
