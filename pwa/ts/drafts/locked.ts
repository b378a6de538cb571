// Drafts that lie locked on the phone (AES-GCM). Each has a key of its own that no script can read out: it is used, and goes
// with the draft.
import { type Draft, type Enclosed, photosOf } from "./draft.ts";

/** A key, and the words it locks. */
export interface Lock {
  key: CryptoKey;
  words: ArrayBuffer;
}

const CIPHER = "AES-GCM";
const NONCE_BYTES = 12;

export function newKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: CIPHER, length: 256 }, false, ["encrypt", "decrypt"]);
}

/** The nonce, and behind it what is locked. `bound` has to be said again to unlock it. */
export async function lock(key: CryptoKey, open: BufferSource, bound = ""): Promise<ArrayBuffer> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const locked = await crypto.subtle.encrypt({ name: CIPHER, iv, additionalData: bytesOf(bound) }, key, open);
  return new Blob([iv, locked]).arrayBuffer();
}

/** Rejects where the key or `bound` is another, or a bit has changed. */
export function unlock(key: CryptoKey, locked: ArrayBuffer, bound = ""): Promise<ArrayBuffer> {
  const iv = locked.slice(0, NONCE_BYTES);
  return crypto.subtle.decrypt({ name: CIPHER, iv, additionalData: bytesOf(bound) }, key, locked.slice(NONCE_BYTES));
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}

/** The draft as it is kept, under its key, or under a new one. */
export async function locked(draft: Draft): Promise<Draft> {
  const key = draft.lock?.key ?? (await newKey());
  const words = await lock(key, bytesOf(JSON.stringify(draft.fields)));
  const files: Enclosed[] = [];
  for (const file of photosOf(draft)) files.push({ ...file, bytes: await lock(key, file.bytes) });
  return { ...draft, fields: [], files, spare: [], lock: { key, words } };
}

/** The draft as it is read and sent; one that was never locked is as it is. */
export async function unlocked(draft: Draft): Promise<Draft> {
  if (!draft.lock) return draft;
  const { key, words } = draft.lock;
  const fields = JSON.parse(new TextDecoder().decode(await unlock(key, words))) as Draft["fields"];
  const files: Enclosed[] = [];
  for (const file of draft.files) files.push({ ...file, bytes: await unlock(key, file.bytes) });
  return { ...draft, fields, files };
}
