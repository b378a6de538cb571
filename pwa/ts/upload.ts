// Files leave before their form does, so that their way can be seen and stopped; the form then only names what the office has
// of them (its field kept, or as data-named says). Where that fails the form goes as it would without this script, or stays as it is.
import { all, fill, one } from "./page.ts";

/** What the office says of files: the names it keeps them under, or what is wrong with them. */
interface Told {
  kept?: string[];
  /** The places, from 0, of those sent that it has not kept. */
  left?: number[];
  faults?: string[];
  title?: string;
}

const SPOKEN_STEPS = 4;
// Too many requests (429) are none of them: they are counted for this way alone, and the form itself still goes.
const REFUSED = [413, 422, 503];

/** `put` sets the files of the field: none while the form names them, and again those chosen when the page comes back.
    `keep` is told of those that the form names while others were refused, each with what it is named in. */
export function watchUpload(
  field: HTMLElement,
  input: HTMLInputElement,
  put: (chosen: boolean) => void,
  keep: (named: [File, HTMLInputElement][]) => void,
): void {
  const form = input.form;
  if (!form || form.dataset["draft"] === "shell" || "visit" in form.dataset) return; // kept here, and sent later
  const panel = new Panel(field.dataset, form);
  const called = field.dataset["named"] ?? "kept";
  const named: HTMLInputElement[] = [];
  let passing = false;
  let request: XMLHttpRequest | undefined;

  const pass = (submitter: HTMLElement | null) => {
    passing = true;
    form.requestSubmit(submitter);
    passing = false;
  };
  const onward = (submitter: HTMLElement | null) => {
    panel.close();
    pass(submitter);
  };
  const name = (keys: string[]): HTMLInputElement[] => {
    const added: HTMLInputElement[] = [];
    if (!input.multiple) for (const old of all(`input[type=hidden][name=${called}]`, form)) old.remove();
    const known = all<HTMLInputElement>(`[name=${called}]`, form).map((each) => each.value);
    for (const key of keys.filter((each) => !known.includes(each))) {
      const hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = called;
      hidden.value = key;
      form.append(hidden);
      added.push(hidden);
    }
    named.push(...added);
    return added;
  };
  // Some were taken, some refused: only these are sent again.
  const part = (files: File[], kept: string[], left: number[]) => {
    const taken = files.filter((_, place) => !left.includes(place));
    const added = name(kept);
    if (added.length === taken.length) keep(taken.map((file, place) => [file, added[place]!]));
    else for (const hidden of added) hidden.remove();
  };

  const send = (files: File[], submitter: HTMLElement | null) => {
    const sent = new XMLHttpRequest();
    request = sent;
    panel.open(() => sent.abort());
    sent.upload.addEventListener("progress", ({ loaded, total }) => panel.show(total ? loaded / total : 0));
    sent.addEventListener("loadend", () => {
      request = undefined;
    });
    sent.addEventListener("abort", () => panel.end("stopped"));
    sent.addEventListener("error", () => {
      // Without a network the phone keeps the whole form, where it can.
      if ("draft" in form.dataset && navigator.serviceWorker?.controller) onward(submitter);
      else panel.end("failed");
    });
    sent.addEventListener("load", () => {
      const told = (sent.response ?? {}) as Told;
      if (sent.status === 200 && told.kept?.length) {
        name(told.kept);
        put(false);
        onward(submitter);
      } else if (REFUSED.includes(sent.status) && (told.faults?.length || told.title)) {
        if (input.multiple && told.kept && told.left) part(files, told.kept, told.left);
        panel.end("failed", told.faults?.length ? told.faults : [told.title ?? ""]);
      } else onward(submitter); // signed out, a page grown old: the office's own page says so
    });
    sent.open("POST", field.dataset["upload"] ?? "");
    sent.setRequestHeader("Accept", "application/json");
    sent.responseType = "json";
    const body = new FormData();
    body.append("csrf_token", one<HTMLInputElement>("[name=csrf_token]", form)?.value ?? "");
    for (const box of all<HTMLInputElement>("[name=kept]:checked", form)) body.append("kept", box.value);
    if (input.multiple) for (const box of named.filter((each) => each.isConnected)) body.append("kept", box.value);
    for (const file of files) body.append(field.dataset["part"] ?? "photos", file, file.name);
    sent.send(body);
  };

  form.addEventListener(
    "submit",
    (event) => {
      // While photos are still made smaller, whoever does that holds the form.
      if (passing || event.defaultPrevented || field.hasAttribute("aria-busy")) return;
      const files = [...(input.files ?? [])].filter((file) => file.size > 0);
      if (!request && (files.length === 0 || !navigator.onLine)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!request) send(files, event.submitter);
    },
    true,
  );
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const hidden of named.splice(0)) hidden.remove();
    panel.close();
    put(true);
  });
}

/** How far it has come, beside the button that was pressed: a bar, its percentage, a word now and then for those who listen,
    and a button to stop. */
class Panel {
  private readonly box = document.createElement("div");
  private readonly bar = document.createElement("progress");
  private readonly percent = document.createElement("span");
  private readonly said = document.createElement("p");
  private readonly row = document.createElement("p");
  private readonly stop = document.createElement("button");
  private spoken = 0;

  private readonly words: DOMStringMap;
  private readonly form: HTMLFormElement;

  constructor(words: DOMStringMap, form: HTMLFormElement) {
    this.words = words;
    this.form = form;
    this.box.className = "stack";
    this.bar.max = 1;
    this.bar.setAttribute("aria-label", words["sending"] ?? "");
    this.percent.className = "small num";
    this.percent.setAttribute("aria-hidden", "true");
    this.said.setAttribute("role", "status");
    this.stop.type = "button";
    this.stop.className = "btn quiet";
    this.stop.textContent = words["stop"] ?? "";
    this.row.className = "between";
    this.row.append(this.percent, this.stop);
    this.box.append(this.said);
    const end = one(".bar", form);
    if (end) end.before(this.box);
    else form.append(this.box);
  }

  open(stop: () => void): void {
    this.stop.onclick = stop;
    this.said.className = "strong";
    this.said.textContent = this.words["sending"] ?? "";
    this.box.prepend(this.bar);
    this.box.append(this.row);
    this.form.setAttribute("aria-busy", "true");
    this.spoken = 0;
    this.show(0);
    this.box.scrollIntoView({ block: "nearest" });
  }

  show(part: number): void {
    if (part >= 1) {
      this.bar.removeAttribute("value"); // the office is looking at it
      this.percent.textContent = "";
      this.said.textContent = this.words["looking"] ?? "";
      return;
    }
    const percent = Math.floor(part * 100);
    this.bar.value = part;
    this.percent.textContent = `${percent}%`;
    const step = Math.floor(part * SPOKEN_STEPS);
    if (step > this.spoken) this.said.textContent = fill(this.words["percent"], { percent });
    this.spoken = Math.max(step, this.spoken);
  }

  /** It did not leave: what is written and chosen stays, and may be sent again. */
  end(how: "stopped" | "failed", reasons: string[] = []): void {
    this.close();
    this.said.className = how === "failed" ? "error" : "strong";
    this.said.textContent = [...reasons, this.words[how] ?? ""].join(" ");
    this.box.scrollIntoView({ block: "nearest" });
  }

  close(): void {
    this.bar.remove();
    this.row.remove();
    this.said.textContent = "";
    this.form.removeAttribute("aria-busy");
  }
}
