// Drafts on this phone: which page needs them. Everything about them is loaded only there.
import { all, ask, one, word } from "./page.ts";

const KEPT = "drafts-kept"; // as in drafts/queue.ts, which is not loaded for it
const READER = "reader";
const LEAVING = "leaving";
const LOOKED = "drafts-looked";
const DAY_ENDS = "day-ends"; // as in drafts/store.ts

export async function tendDrafts(): Promise<void> {
  const form = one<HTMLFormElement>("form[data-draft=office]");
  form?.addEventListener("submit", () => localStorage.setItem(KEPT, "yes"));
  const here = form || one("[data-drafts], [data-field]");
  const another = readsAnother();
  if (!here && !another && !dayIsOver() && !localStorage.getItem(KEPT) && looked()) return;
  const { tend } = await import("./drafts/room.ts");
  await tend(another);
}

/** Whether somebody else reads than the page before said, or whoever did wanted to leave. The shell is of nobody, and says
    nothing about who reads. */
function readsAnother(): boolean {
  if (localStorage.getItem(LEAVING)) return true;
  if (document.documentElement.hasAttribute("data-shell")) return false;
  return (document.body.dataset["signedIn"] ?? "") !== (localStorage.getItem(READER) ?? "");
}

/** Whether the cases of an official have lain here for their time. */
function dayIsOver(): boolean {
  const ends = localStorage.getItem(DAY_ENDS);
  return ends !== null && Date.now() >= Number(ends);
}

/** Once a launch, who is signed in is looked up whatever the mark says: a phone that died may have lost it. */
function looked(): boolean {
  if (sessionStorage.getItem(LOOKED) || !localStorage.getItem(READER)) return true;
  sessionStorage.setItem(LOOKED, "yes");
  return false;
}

/** Logging out empties the phone; who still has something unsent is asked first. */
export function tendLeaving(): void {
  for (const form of all<HTMLFormElement>('form[action="/logout"]')) {
    let agreed = false;
    form.addEventListener("submit", (event) => {
      if (localStorage.getItem(KEPT) && !agreed) {
        event.preventDefault();
        ask(word("leave"), word("leaveYes"), word("leaveNo"), (yes) => {
          agreed = yes;
          if (yes) form.requestSubmit();
        });
        one(".ask button")?.focus(); // it stands at the top, the log-out at the end
        return;
      }
      localStorage.setItem(LEAVING, "yes");
      localStorage.removeItem(KEPT);
    });
  }
}
