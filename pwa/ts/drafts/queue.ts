// When drafts are sent: on load, on return of the network, by Background Sync where there is one, and when somebody says so.
import { sendAll } from "./sending.ts";
import { all } from "./store.ts";

/** The mark by which a page knows, without opening anything, that something is kept here (drafts.ts). */
export const KEPT = "drafts-kept";
export const SYNC = "drafts";

interface Syncing {
  sync?: { register(tag: string): Promise<void> };
}

/** Asks the browser to wake the worker when there is a network, also after this page has been closed. */
export function sendLater(): void {
  localStorage.setItem(KEPT, "yes");
  void navigator.storage?.persist?.().catch(() => false);
  void navigator.serviceWorker?.ready.then((worker) => (worker as Syncing).sync?.register(SYNC)).catch(() => undefined);
}

export async function sendNow(): Promise<void> {
  await sendAll();
  await mark();
}

/** Sets the mark as things are. */
export async function mark(): Promise<void> {
  if ((await all()).some((draft) => draft.state !== "sent")) localStorage.setItem(KEPT, "yes");
  else localStorage.removeItem(KEPT);
}
