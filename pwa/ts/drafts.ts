// Drafts of complaints on this phone: which page needs which part of them. The parts are loaded only where they are needed.
import { all, ask, one, word } from "./page.ts";

const KEPT = "drafts-kept"; // as in drafts/queue.ts, which is not loaded for it
const READER = "reader";
const LEAVING = "leaving";
const LOOKED = "drafts-looked";

const room = () => import("./drafts/room.ts");

/** The shell's form stands in for the office's, where there is no network (complaints/drafts.html). */
function shellForm(list: HTMLElement | null): HTMLFormElement | null {
  const form = one<HTMLFormElement>("form[data-draft=shell]");
  if (!form || location.pathname !== "/complaints/new") return null;
  form.hidden = false;
  const name = one("h1");
  if (name) name.textContent = form.dataset["title"] ?? "";
  if (list) list.hidden = true;
  return form;
}

export async function tendDrafts(): Promise<void> {
  if (!("indexedDB" in window) || !("locks" in navigator)) return;
  await tendReader();
  const list = one("[data-drafts]");
  const shell = shellForm(list);
  const form = shell ?? one<HTMLFormElement>("form[data-draft=office]");
  form?.addEventListener("submit", () => localStorage.setItem(KEPT, "yes"));
  if (!list && !form && !localStorage.getItem(KEPT) && looked()) return;
  const { mark, sendLater, sendNow, showDrafts, tendForm } = await room();
  if (form) {
    await tendForm(
      form,
      shell
        ? () => {
            sendLater();
            location.assign("/me/drafts");
          }
        : undefined,
    );
    form.dataset["tended"] = "yes";
  }
  if (list && !shell) showDrafts(list);
  await mark();
  addEventListener("online", () => void sendNow());
  if (localStorage.getItem(KEPT)) await sendNow();
}

/** Once a launch, who is signed in is looked up whatever the mark says: a phone that died may have lost it. */
function looked(): boolean {
  if (sessionStorage.getItem(LOOKED) || !localStorage.getItem(READER)) return true;
  sessionStorage.setItem(LOOKED, "yes");
  return false;
}

/** Who reads here. Another account finds nothing of the one before; who was only logged out by time finds their drafts again. */
async function tendReader(): Promise<void> {
  const leaving = localStorage.getItem(LEAVING) !== null;
  // The shell is of nobody and says nothing about who reads; who wanted to leave, though, leaves nothing here.
  if (document.documentElement.hasAttribute("data-shell") && !leaving) return;
  const now = document.body.dataset["signedIn"] ?? "";
  if (now === (localStorage.getItem(READER) ?? "") && !leaving) return;
  const { forgetAllBut, forgetPages, mark, setReader } = await room();
  if (now || leaving) await forgetAllBut(now);
  else {
    await forgetPages("");
    await setReader("");
  }
  localStorage.setItem(READER, now);
  localStorage.removeItem(LEAVING);
  await mark();
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
