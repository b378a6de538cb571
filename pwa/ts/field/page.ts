// /desk/field: the day's cases are taken along, read without a network, and answered with a note and photos from the place.
import { aimOf } from "../drafts/draft.ts";
import { tendForm } from "../drafts/form.ts";
import { sendLater } from "../drafts/queue.ts";
import { DAY_ENDS, endDay, get, reader } from "../drafts/store.ts";
import { all, fill, one } from "../page.ts";
import { type Case, dayOf, type Issued, keepDay, sealed } from "./day.ts";

const ANSWER_MS_MAX = 30_000;

/** `box` holds the words, the buttons, the template of a case and the form (complaints/desk/field_parts.html). */
export async function tendField(box: HTMLElement): Promise<void> {
  asRoom(box);
  const account = await reader();
  const load = one<HTMLButtonElement>("[data-field-load]", box);
  const forget = one<HTMLButtonElement>("[data-field-forget]", box);
  if (!load || !forget) return;
  load.hidden = false;
  load.addEventListener("click", () => void takeAlong(box));
  forget.addEventListener("click", () => {
    endDay();
    show(box, null);
    load.focus();
  });
  const day = await dayOf(account, box.dataset["session"] ?? "");
  show(box, day);
  const asked = () => void stillSignedIn(box, account);
  addEventListener("online", asked);
  asked();
  await tendVisit(box, day);
}

/** In the shell the page is that of the drafts, which makes room. */
function asRoom(box: HTMLElement): void {
  if (!box.hidden) return;
  box.hidden = false;
  const [name, drafts] = [one("h1"), one("[data-drafts]")];
  if (name) name.textContent = box.dataset["title"] ?? "";
  if (drafts) drafts.hidden = true;
}

/** Fetches the cases, and keeps them locked. */
async function takeAlong(box: HTMLElement): Promise<void> {
  say(box, "loading");
  const at = Date.now();
  const answer = await issued().catch(() => null);
  if (answer === null) return say(box, "closed");
  if (answer === 401) {
    endDay();
    show(box, null);
    return say(box, "ended");
  }
  if (typeof answer === "number") return say(box, "refused");
  void navigator.storage?.persist?.().catch(() => false);
  try {
    await keepDay(await sealed(answer, at));
  } catch {
    return say(box, "full");
  }
  show(box, answer);
  say(box, "loaded", { n: answer.cases.length });
}

/** What the office issued, or the status with which it refused; rejects without a network. */
async function issued(): Promise<Issued | number> {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const { csrf_token: token } = (await (await fetch("/csrf", { cache: "no-store", signal })).json()) as {
    csrf_token: string;
  };
  const answer = await fetch("/desk/field/cases", {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRF-Token": token },
    signal,
  });
  return answer.ok ? ((await answer.json()) as Issued) : answer.status;
}

/** Where there is a network, whether the office still knows the reader; else nothing stays. */
async function stillSignedIn(box: HTMLElement, account: string): Promise<void> {
  const answer = await fetch("/csrf", { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const now = (await answer.json()) as { account: string };
  if (now.account === account) return;
  endDay();
  show(box, null);
  say(box, "ended");
}

let ending: ReturnType<typeof setTimeout> | undefined;

function show(box: HTMLElement, day: Issued | null): void {
  const list = one("[data-field-list]", box);
  const item = one<HTMLTemplateElement>("template[data-field-item]", box);
  const forget = one("[data-field-forget]", box);
  const until = one("[data-field-until]", box);
  if (!list || !item || !forget || !until) return;
  list.replaceChildren(...(day?.cases ?? []).map((each) => line(item, each)));
  list.hidden = !day?.cases.length;
  forget.hidden = until.hidden = !day;
  // What is printed stands on the phone now.
  for (const paper of all("[data-field-paper]")) paper.hidden = day !== null;
  clearTimeout(ending);
  if (!day) {
    if (document.documentElement.hasAttribute("data-shell")) say(box, "nothing");
    return;
  }
  const words = fill(box.dataset["until"], { when: when(new Date(day.until)) });
  until.textContent = day.more ? `${words} ${box.dataset["more"]}` : words;
  const ends = Number(localStorage.getItem(DAY_ENDS));
  ending = setTimeout(() => {
    endDay();
    show(box, null);
  }, ends - Date.now());
}

function when(date: Date): string {
  return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(
    date,
  );
}

function say(box: HTMLElement, words: string, values: Record<string, string | number> = {}): void {
  tellStatus(box, fill(box.dataset[words], values));
}

function tellStatus(box: HTMLElement, text: string): void {
  const status = one("[data-field-status]", box);
  if (status) status.textContent = text;
}

function line(template: HTMLTemplateElement, each: Case): DocumentFragment {
  const made = template.content.cloneNode(true) as DocumentFragment;
  const put = (name: string, text: string) => {
    const place = one(`[data-field-${name}]`, made);
    if (place) place.textContent = text;
  };
  for (const name of ["title", "number", "meta", "gist", "place"] as const) put(name, each[name]);
  const where = one("[data-field-where]", made);
  if (where) where.hidden = !each.place && !each.at;
  const at = one<HTMLAnchorElement>("[data-field-at]", made);
  if (at && each.at) [at.href, at.hidden] = [each.at, false];
  const visit = one<HTMLAnchorElement>("[data-field-visit]", made);
  if (visit) {
    visit.href = `/desk/field?case=${each.number}`;
    visit.append(Object.assign(document.createElement("span"), { className: "hidden", textContent: ` ${each.title}` }));
  }
  return made;
}

/** The form for the case that the address names, or for the draft that it names. */
async function tendVisit(box: HTMLElement, day: Issued | null): Promise<void> {
  const form = one<HTMLFormElement>("form[data-visit]", box);
  const asked = new URLSearchParams(location.search);
  const draft = await get(asked.get("draft") ?? "");
  const number = (draft && aimOf(draft).number) || asked.get("case");
  if (!form || !number || !/^[\d-]+$/.test(number)) return;
  form.action = `/desk/field/${number}`;
  const [said, title] = [one("[data-visit-number]", form), one("[data-visit-title]", form)];
  if (said) said.textContent = number;
  if (title) title.textContent = day?.cases.find((each) => each.number === number)?.title ?? "";
  form.hidden = false;
  await tendForm(form, () => {
    sendLater();
    location.assign("/me/drafts");
  });
  form.dataset["tended"] = "yes";
}
