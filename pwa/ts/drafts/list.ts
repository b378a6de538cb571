// /me/drafts: what is kept on this phone, what waits, what was sent, what was refused and why. What is locked stays so: its
// line says what it is for, which is no secret.
import { all as every, fill, one } from "../page.ts";
import { aimOf, type Draft, inOrder, nameOf, photosOf, valueOf } from "./draft.ts";
import { sendLater, sendNow } from "./queue.ts";
import { alone } from "./sending.ts";
import { all, DAY_ENDS, get, onChange, put, reader, remove } from "./store.ts";

/** Fills the list and keeps it as things are; `box` holds the words and the template of an item (drafts.html). */
export function showDrafts(box: HTMLElement): void {
  const list = one("[data-drafts-list]", box);
  const item = one<HTMLTemplateElement>("template[data-draft-item]", box);
  if (!list || !item) return;
  let turn = 0;
  const show = async () => {
    const mine = ++turn;
    const [drafts, me] = [await all(), await reader()];
    if (mine !== turn) return;
    const shown = inOrder(drafts, Date.now()).filter((draft) => draft.owner === "" || draft.owner === me);
    list.replaceChildren(...shown.reverse().map((draft) => line(item, box, draft, me)));
    list.hidden = shown.length === 0;
    for (const part of every("[data-drafts-none]", box)) part.hidden = shown.length > 0;
    const others = one("[data-drafts-others]", box);
    const field = one("[data-drafts-field]", box);
    if (field) field.hidden = !localStorage.getItem(DAY_ENDS);
    if (others) others.hidden = drafts.every((draft) => draft.owner === "" || draft.owner === me);
  };
  onChange(() => void show());
  void show();
}

function line(template: HTMLTemplateElement, box: HTMLElement, draft: Draft, me: string): DocumentFragment {
  const made = template.content.cloneNode(true) as DocumentFragment;
  const words = box.dataset;
  const part = (name: string) => one(`[data-draft-${name}]`, made as unknown as ParentNode);
  const say = (name: string, text: string) => {
    const place = part(name);
    if (place) [place.textContent, place.hidden] = [text, text === ""];
  };
  const { act: aim, number } = aimOf(draft);
  const title = aim ? fill(words[nameOf(aim)], { number }) : valueOf(draft, "title") || (words["untitled"] ?? "");
  const written = `${aim === "visit" ? "/desk/field" : draft.to}?draft=${draft.key}`;
  const link = part("link") as HTMLAnchorElement | null;
  if (link) {
    link.textContent = title;
    link.href = draft.link || written;
  }
  const chip = part("state");
  if (chip) {
    chip.textContent = words[draft.state] ?? "";
    chip.classList.add({ writing: "grey", waiting: "blue", refused: "red", sent: "green" }[draft.state]);
  }
  const photos = photosOf(draft).length;
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  const counted = photos ? ` · ${fill(words["photos"], { n: photos })}` : "";
  say("meta", when.format(draft.at) + counted);
  say("why", draft.state === "sent" ? "" : why(draft, words, me));
  const reasons = part("reasons");
  if (reasons && draft.state !== "sent") {
    reasons.append(
      ...draft.reasons.map((reason) => Object.assign(document.createElement("li"), { textContent: reason })),
    );
    reasons.hidden = draft.reasons.length === 0;
  }
  const login = part("login");
  if (login) login.hidden = !(draft.state === "waiting" && draft.status === 401);
  const act = (name: string, possible: boolean, done: (button: HTMLElement) => unknown) => {
    const button = part(name);
    if (!button) return;
    button.hidden = !possible;
    button.setAttribute("aria-label", `${button.textContent}: ${title}`);
    button.addEventListener("click", () => void done(button));
  };
  const own = draft.owner !== "" && draft.owner === me;
  // What the office found wrong is mended first; what it could not take (403, 413 and the like) may be tried again.
  const mendFirst = draft.state === "refused" && (draft.status === 409 || draft.status === 422);
  act("send", own && draft.state !== "sent" && !mendFirst, async () => {
    await alone(draft.key, async () => {
      const now = await get(draft.key);
      if (now && now.state !== "sent") await put({ ...now, state: "waiting" });
    });
    sendLater();
    await sendNow();
  });
  act("edit", draft.state !== "sent", () => location.assign(written));
  let sure = draft.state === "sent";
  if (sure) say("delete", words["forget"] ?? "");
  act("delete", true, (button) => {
    if (sure) return alone(draft.key, () => remove(draft.key));
    sure = true;
    button.textContent = words["sure"] ?? "";
    button.classList.add("danger");
    button.setAttribute("aria-label", `${words["sure"]}: ${title}`);
    return undefined;
  });
  return made;
}

/** One sentence for the reader: why it is still here. */
function why(draft: Draft, words: DOMStringMap, me: string): string {
  if (draft.owner === "") return words[me === "" ? "byHand" : "notYet"] ?? "";
  if (draft.status && draft.status !== 200) {
    // What is added to a complaint may come too late for it; a complaint never does.
    const late = draft.status === 409 && aimOf(draft).act ? "whyLate" : `why${draft.status}`;
    const known = words[late];
    if (known) return known;
    return draft.reasons.length ? "" : (words["whyOther"] ?? "");
  }
  const so = { waiting: "soon", refused: "whyOther", writing: "", sent: "" }[draft.state];
  return words[draft.unsure ? "unsure" : so] ?? "";
}
