// Finding hooks, and the words that templates leave for the script: every sentence comes from the catalogues by way of the page.

export function all<T extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): T[] {
  return [...within.querySelectorAll<T>(selector)];
}

export function one<T extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): T | null {
  return within.querySelector<T>(selector);
}

/** A sentence with its {names} filled in. */
export function fill(sentence: string | undefined, values: Record<string, string | number>): string {
  return (sentence ?? "").replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A sentence of the frame (layout.html, data-words). */
export function word(name: string): string {
  return one<HTMLTemplateElement>("template[data-words]")?.dataset[name] ?? "";
}

/** Says something at the top of the page. */
export function tell(text: string): HTMLElement {
  const notice = document.createElement("div");
  notice.className = "notice blue ask";
  notice.setAttribute("role", "status");
  const sentence = document.createElement("p");
  sentence.textContent = text;
  sentence.className = "grow";
  notice.append(sentence);
  one("main")?.prepend(notice);
  return notice;
}

/** Asks at the top of the page; what is not answered stays, and nothing is covered. */
export function ask(text: string, yes: string, no: string, chosen: (agreed: boolean) => void): void {
  const notice = tell(text);
  const button = (label: string, tone: string, agreed: boolean) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = `btn ${tone}`;
    made.textContent = label;
    made.addEventListener("click", () => {
      notice.remove();
      chosen(agreed);
    });
    return made;
  };
  notice.append(button(no, "quiet", false), button(yes, "primary", true));
}
