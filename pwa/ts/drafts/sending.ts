// Sends drafts: from a page and from the worker alike, never both at once (Web Locks), each with a token of this minute.
import { after, type Answer, bodyOf, type Draft, inOrder, SHAPE } from "./draft.ts";
import { unlocked } from "./locked.ts";
import { all, get, put, remove } from "./store.ts";

const TOKEN_MS_MAX = 20_000;
const FORM_MS_MAX = 600_000;

interface Told {
  location?: string | null;
  faults?: string[];
  title?: string;
}

/** Whoever sends this draft holds this lock meanwhile. */
export function alone<T>(key: string, act: () => Promise<T>): Promise<T> {
  return navigator.locks.request(`draft ${key}`, act) as Promise<T>;
}

/** Sends all that waits, one after the other. False where the network went away. */
export async function sendAll(): Promise<boolean> {
  return navigator.locks.request("drafts", async () => {
    const kept = await all();
    const useful = inOrder(kept, Date.now());
    for (const draft of kept) if (!useful.includes(draft)) await remove(draft.key);
    for (const { key, shape, state } of useful) {
      if (state === "waiting" && shape <= SHAPE && !(await alone(key, () => send(key)))) return false;
    }
    return true;
  }) as Promise<boolean>;
}

async function send(key: string): Promise<boolean> {
  const draft = await get(key);
  if (draft?.state !== "waiting") return true;
  const now = await whoReads();
  if (now === null) return false;
  if (now.account !== draft.owner) {
    await put(after(draft, { status: 401, location: null, reasons: [] }, draft.at));
    return true;
  }
  const open = await unlocked(draft).catch(() => null);
  if (!open) {
    await put({ ...draft, state: "refused", status: 0 }); // broken on the disk: it holds up no other
    return true;
  }
  // On the disk before it leaves: whoever is killed now finds out later what became of it. On a full disk it leaves all the
  // same: its key keeps it from counting twice.
  await put({ ...draft, unsure: true }).catch(() => undefined);
  const answer = await posted(open, now.csrf_token);
  const next = after(draft, answer, answer?.location ? Date.now() : draft.at);
  await put(next);
  return answer !== null && (answer.status !== 200 || answer.location !== null || send(key));
}

async function whoReads(): Promise<{ csrf_token: string; account: string } | null> {
  try {
    const answer = await fetch("/csrf", { cache: "no-store", signal: AbortSignal.timeout(TOKEN_MS_MAX) });
    return answer.ok ? ((await answer.json()) as { csrf_token: string; account: string }) : null;
  } catch {
    return null;
  }
}

async function posted(draft: Draft, token: string): Promise<Answer> {
  try {
    const answer = await fetch(draft.to, {
      method: "POST",
      body: bodyOf(draft, token),
      headers: { Accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.timeout(FORM_MS_MAX),
    });
    const told = (await answer.json()) as Told;
    const reasons = told.faults?.length ? told.faults : told.title ? [told.title] : [];
    return { status: answer.status, location: told.location ?? null, reasons };
  } catch {
    // Nothing came, or something that is not the office's (the log-in page of a café).
    return null;
  }
}
