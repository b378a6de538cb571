// A form that is on its way is not sent again by an impatient thumb. It opens again when the page comes back from the back
// button, and after a while by itself: a failed try must never lock anybody out (form_key makes the repeat harmless).
import { all } from "./page.ts";

const OPEN_AGAIN_MS = 8_000;

export function sendOnce(): void {
  const forms = all<HTMLFormElement>("form[data-once]");
  for (const form of forms) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (form.dataset["sent"]) {
        event.preventDefault();
        return;
      }
      const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
      close(form, button);
      setTimeout(() => open(form), OPEN_AGAIN_MS);
    });
  }
  addEventListener("pageshow", () => {
    for (const form of forms) open(form);
  });
}

const labels = new WeakMap<Element, Node[]>();

function close(form: HTMLFormElement, button: HTMLButtonElement | null): void {
  form.dataset["sent"] = "yes";
  if (!button) return;
  labels.set(button, [...button.childNodes]);
  button.setAttribute("aria-disabled", "true");
  button.replaceChildren(form.dataset["once"] ?? "");
}

function open(form: HTMLFormElement): void {
  delete form.dataset["sent"];
  for (const button of all("[aria-disabled]", form)) {
    button.replaceChildren(...(labels.get(button) ?? button.childNodes));
    button.removeAttribute("aria-disabled");
  }
}
