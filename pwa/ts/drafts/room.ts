// Everything about drafts that a page may need, loaded only where one of it is (../drafts.ts).
import { all as every, one, tell } from "../page.ts";
import { ADDED, nameOf, SENT_TO, wordsOf } from "./draft.ts";
import { tendForm } from "./form.ts";
import { showDrafts } from "./list.ts";
import { KEPT, mark, sendLater, sendNow } from "./queue.ts";
import { DAY_ENDS, endDay, forgetAllBut, forgetPages, reader, setReader } from "./store.ts";

const READER = "reader";
const LEAVING = "leaving";

/** What this page needs. `another`: not the same person reads as before. */
export async function tend(another: boolean): Promise<void> {
  if (!(await keeps())) return sayUnkept();
  if (another) await tendReader();
  await tendPage();
}

/** Whether this browser keeps anything at all: in a private window, mostly, it does not. */
function keeps(): Promise<boolean> {
  return reader().then(
    () => "locks" in navigator,
    () => false,
  );
}

/** Nothing can be kept, and where keeping is all that a form does, it stays as it is. */
function sayUnkept(): void {
  const place = one("[data-unkept]");
  if (place) tell(place.dataset["unkept"] ?? "");
  for (const form of every("form[data-draft=shell], form[data-visit]"))
    form.addEventListener("submit", (event) => event.preventDefault());
}

/** Who reads here. Another account finds nothing of the one before; who was only logged out by time finds their drafts again. */
async function tendReader(): Promise<void> {
  const now = document.body.dataset["signedIn"] ?? "";
  endDay();
  if (now || localStorage.getItem(LEAVING)) await forgetAllBut(now);
  else {
    await forgetPages("");
    await setReader("");
  }
  localStorage.setItem(READER, now);
  localStorage.removeItem(LEAVING);
}

async function tendPage(): Promise<void> {
  const list = one("[data-drafts]");
  const shell = shellForm();
  const form = shell ?? one<HTMLFormElement>("form[data-draft=office]");
  if (form) {
    await tendForm(form, shell ? waits : undefined);
    form.dataset["tended"] = "yes";
  }
  const field = one("[data-field]");
  const atField = location.pathname.startsWith("/desk/field");
  if (list && !shell && !atField) showDrafts(list);
  if (field && atField) await (await import("../field/page.ts")).tendField(field);
  else if (Date.now() >= Number(localStorage.getItem(DAY_ENDS) ?? Infinity)) endDay();
  await mark();
  addEventListener("online", () => void sendNow());
  if (localStorage.getItem(KEPT)) await sendNow();
}

function waits(): void {
  sendLater();
  location.assign("/me/drafts");
}

/** The shell's form stands in for the office's, where there is no network (complaints/drafts.html). */
function shellForm(): HTMLFormElement | null {
  const form = one<HTMLFormElement>("form[data-draft=shell]");
  const act = ADDED.exec(location.pathname)?.[1] ?? "";
  if (!form || !(act || location.pathname === SENT_TO)) return null;
  if (act) asMore(form, act);
  form.hidden = false;
  const heading = one("h1");
  if (heading) heading.textContent = form.dataset[nameOf(act || "title")] ?? "";
  const list = one("[data-drafts]");
  if (list) list.hidden = true;
  return form;
}

/** The same form for what is written on a complaint: each part says for which acts it is there. */
function asMore(form: HTMLFormElement, act: string): void {
  form.action = location.pathname;
  for (const part of every<HTMLFieldSetElement>("fieldset[data-for]", form)) {
    const here = part.dataset["for"]?.split(" ").includes(act) ?? false;
    [part.hidden, part.disabled] = [!here, !here];
  }
  const body = one<HTMLTextAreaElement>("textarea[name=body]", form);
  if (!body) return;
  const { name, required, most } = wordsOf(act, Number(form.dataset["word"]));
  [body.name, body.required] = [name, required];
  if (most) {
    // One too many would be refused only when there is a network again, and its writer elsewhere.
    body.maxLength = most;
    body.dataset["count"] = `${most}`;
    body.dispatchEvent(new Event("input"));
  }
  if (/^(supplement|add)$/.test(act)) return;
  one(`#${body.id}-hint`, form)?.remove(); // it asks what is broken, and since when
  body.removeAttribute("aria-describedby");
}
