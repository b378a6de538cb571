// What this phone keeps of its reader: drafts with their photos, and who reads here. Everything goes at log-out.
import { type Draft, whole } from "./draft.ts";

function opened(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("madang", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("drafts", { keyPath: "key" });
      asked.result.createObjectStore("known");
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

/** One transaction on one store; it is on the disk when this returns. */
async function within<T>(
  name: "drafts" | "known",
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await opened();
  try {
    return await new Promise((done, failed) => {
      const transaction = database.transaction(name, mode, { durability: "strict" });
      const asked = act(transaction.objectStore(name));
      transaction.oncomplete = () => done(asked.result);
      transaction.onabort = () => failed(transaction.error ?? asked.error);
    });
  } finally {
    database.close();
  }
}

const news = () => new BroadcastChannel("drafts");

/** Calls back whenever a draft has changed, in this window, in another, or in the worker. */
export function onChange(heard: () => void): void {
  news().addEventListener("message", heard);
}

function tell(): void {
  const channel = news();
  channel.postMessage("changed");
  channel.close();
}

export async function put(draft: Draft): Promise<void> {
  await within("drafts", "readwrite", (store) => store.put(draft));
  tell();
}

export async function remove(key: string): Promise<void> {
  await within("drafts", "readwrite", (store) => store.delete(key));
  tell();
}

export async function get(key: string): Promise<Draft | undefined> {
  const kept = await within("drafts", "readonly", (store) => store.get(key) as IDBRequest<Draft | undefined>);
  return kept && whole(kept);
}

export async function all(): Promise<Draft[]> {
  return (await within("drafts", "readonly", (store) => store.getAll() as IDBRequest<Draft[]>)).map(whole);
}

/** The account that reads on this phone, as the last page said; empty for nobody. */
export async function reader(): Promise<string> {
  const known = await within("known", "readonly", (store) => store.get("reader") as IDBRequest<string | undefined>);
  return known ?? "";
}

export async function setReader(account: string): Promise<void> {
  await within("known", "readwrite", (store) => store.put(account, "reader"));
}

/** Pages of one's own that the worker keeps lie in a cache of this name. */
export const ownPages = (account: string) => `own-${account}`;

/** Forgets what was kept for others than `account`: at log-out ("") everything, and nobody's drafts too. */
export async function forgetAllBut(account: string): Promise<void> {
  for (const draft of await all()) {
    if (account === "" || (draft.owner !== account && draft.owner !== "")) await remove(draft.key);
  }
  await forgetPages(account);
  await setReader(account);
}

/** The day's cases of an official have a database of their own (../field/day.ts); a page knows by the mark when they end. */
export const DAY = "madang-day";
export const DAY_ENDS = "day-ends";

/** From a page: the cases of the day are over. */
export function endDay(): void {
  indexedDB.deleteDatabase(DAY);
  localStorage.removeItem(DAY_ENDS);
}

/** Forgets the kept pages of others than `account`, and the cases of whoever was signed in. */
export async function forgetPages(account: string): Promise<void> {
  indexedDB.deleteDatabase(DAY);
  for (const name of await caches.keys()) {
    if (name.startsWith(ownPages("")) && name !== ownPages(account)) await caches.delete(name);
  }
}
