// The day's cases of an official, locked on the phone: for 24 hours from when the office issued them, for one session, under a
// key that no script can read out. Everything goes together.
import { bytesOf, lock, newKey, unlock } from "../drafts/locked.ts";
import { DAY, DAY_ENDS, endDay } from "../drafts/store.ts";

export interface Case {
  number: string;
  title: string;
  place: string;
  /** A geo: address, where the resident's phone gave a position. */
  at: string | null;
  gist: string;
  meta: string;
}

/** What the office issued (server/complaints/field/pages.py). */
export interface Issued {
  issued: string;
  until: string;
  hours: number;
  session: string;
  account: string;
  more: boolean;
  cases: Case[];
}

/** What lies on the phone. `at` is what its own clock said when they were issued: only how much time has passed is asked of it. */
export interface Kept {
  account: string;
  session: string;
  at: number;
  hours: number;
  key: CryptoKey;
  locked: ArrayBuffer;
}

const CLOCK_MS_BACK = 120_000;

export async function sealed(issued: Issued, at: number): Promise<Kept> {
  const { account, session, hours } = issued;
  const key = await newKey();
  const locked = await lock(key, bytesOf(JSON.stringify(issued)), bound(account, session));
  return { account, session, at, hours, key, locked };
}

/** The cases for `account`, and where it is known in `session`; null where they are somebody else's, of a session that has
    ended, over, or where the clock has been turned back behind their beginning. */
export async function opened(kept: Kept, account: string, session: string, now: number): Promise<Issued | null> {
  if (kept.account !== account || (session && kept.session !== session) || isOver(kept, now)) return null;
  const open = await unlock(kept.key, kept.locked, bound(kept.account, kept.session)).catch(() => null);
  return open && (JSON.parse(new TextDecoder().decode(open)) as Issued);
}

export function endOf({ at, hours }: Pick<Kept, "at" | "hours">): number {
  return at + hours * 3_600_000;
}

export function isOver(kept: Pick<Kept, "at" | "hours">, now: number): boolean {
  return now >= endOf(kept) || now < kept.at - CLOCK_MS_BACK;
}

const bound = (account: string, session: string) => `${account} ${session}`;

function database(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(DAY, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("day");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function within<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const open = await database();
  try {
    return await new Promise((done, failed) => {
      const transaction = open.transaction("day", mode, { durability: "strict" });
      const asked = act(transaction.objectStore("day"));
      transaction.oncomplete = () => done(asked.result);
      transaction.onabort = () => failed(transaction.error ?? asked.error);
    });
  } finally {
    open.close();
  }
}

/** Keeps the cases; rejects where the phone is full. */
export async function keepDay(kept: Kept): Promise<void> {
  await within("readwrite", (store) => store.put(kept, "day"));
  localStorage.setItem(DAY_ENDS, String(endOf(kept)));
}

/** The cases, as far as this reader may have them now; whatever else lies here is forgotten. */
export async function dayOf(account: string, session: string): Promise<Issued | null> {
  if (!localStorage.getItem(DAY_ENDS)) return null;
  const kept = await within("readonly", (store) => store.get("day") as IDBRequest<Kept | undefined>);
  const open = kept ? await opened(kept, account, session, Date.now()) : null;
  if (!open) endDay();
  return open;
}
