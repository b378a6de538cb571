// Small kindnesses of single fields: the summary of errors is read first, letters are counted, a password can be looked at.
import { all, fill, one } from "./page.ts";

export function showErrors(): void {
  one("[data-focus]")?.focus();
}

export function countLetters(): void {
  for (const area of all<HTMLTextAreaElement>("textarea[data-count]")) {
    const line = one(`[data-count-for="${area.id}"]`);
    if (!line) continue;
    const count = () => {
      const left = Number(area.dataset["count"]) - [...area.value].length;
      line.textContent = fill(left < 0 ? line.dataset["over"] : line.dataset["left"], { n: Math.abs(left) });
      line.classList.toggle("error", left < 0);
    };
    area.addEventListener("input", count);
    if (area.value) count();
  }
}

export function revealPasswords(): void {
  for (const button of all<HTMLButtonElement>("[data-reveal]")) {
    const field = document.getElementById(button.dataset["reveal"] ?? "");
    if (!(field instanceof HTMLInputElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!shown));
    });
  }
}
