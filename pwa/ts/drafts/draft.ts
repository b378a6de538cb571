// A draft of a complaint, of what is added to one, or of a visit to the place, and what becomes of it with each answer: pure,
// so that it can be tested without a browser.
import type { Lock } from "./locked.ts";

export interface Enclosed {
  field: string;
  name: string;
  type: string;
  bytes: ArrayBuffer;
}

/** writing: only its writer sends it. waiting: sent as soon as there is a network. */
export type State = "writing" | "waiting" | "refused" | "sent";

export interface Draft {
  /** The form's key, which the office honours once: direct post and every replay carry it. */
  key: string;
  /** How it is written down. What a newer page has written waits for a worker that understands it. */
  shape: number;
  /** Where it is sent. */
  to: string;
  /** The account it belongs to; empty for somebody who is not signed in. */
  owner: string;
  state: State;
  /** It was on its way once, and no answer came: it may have arrived. */
  unsure: boolean;
  fields: [string, string][];
  files: Enclosed[];
  /** The photos themselves, where `fields` name copies that the office keeps for a day. */
  spare: Enclosed[];
  /** Milliseconds since 1970 of the last change. */
  at: number;
  /** The status of the last answer; 0 before any. */
  status: number;
  reasons: string[];
  link: string;
  /** It is locked: its words lie in here, and its files cannot be read without it (locked.ts). */
  lock?: Lock;
}

/** What the office said; null where nothing came back. */
export type Answer = { status: number; location: string | null; reasons: string[] } | null;

export const SENT_TO = "/complaints/new";
export const SHAPE = 2;
/** What an applicant writes on a complaint of their own. A yes or no to what the office asks is not kept: when it arrives, the
    office may be asking something else. */
export const ADDED = /^\/complaints\/[^/]+\/(supplement|add|objection|correction|reopen|satisfaction|more-time)$/;
const AIM = /^\/(complaints|desk\/field)\/([^/]+)\/?([\w-]*)$/;
const NEVER_KEPT = new Set(["csrf_token", "form_key", "password"]);
export const DAYS_KEPT = { sent: 7, other: 90 };

/** An empty draft of this owner. */
export function begun(key: string, owner: string, at: number, to = SENT_TO): Draft {
  const nothing = { fields: [], files: [], spare: [], status: 0, reasons: [], link: "" };
  return { key, shape: SHAPE, to, owner, state: "writing", unsure: false, at, ...nothing };
}

/** A draft as it is today: an earlier version of this app kept only complaints, and named no place to send them to. */
export function whole(kept: Draft): Draft {
  return { ...kept, shape: kept.shape ?? 1, to: kept.to ?? SENT_TO };
}

/** What it is: the act (empty for a new complaint), and the number of the complaint that it is for. */
export function aimOf({ to }: Pick<Draft, "to">): { act: string; number: string } {
  const [, room, number = "", act = ""] = AIM.exec(to) ?? [];
  if (room !== "complaints") return { act: room ? "visit" : "", number };
  return act ? { act, number } : { act, number: "" };
}

/** What an act's words are called in a page's data. */
export const nameOf = (act: string) => act.replace("-", "");

/** What the words are called in an act's form, whether there must be any, and how many letters (0: as many as in a complaint).
    `word` is the most that may be said of a rating. */
export function wordsOf(act: string, word: number): { name: string; required: boolean; most: number } {
  return act === "satisfaction"
    ? { name: "word", required: false, most: word }
    : { name: "text", required: true, most: 0 };
}

/** A form as it is sent, without what is never kept. `before` is what this phone had of it. */
export async function written(form: FormData, before: Draft, at: number): Promise<Draft> {
  const fields: [string, string][] = [];
  const files: Enclosed[] = [];
  for (const [field, value] of form) {
    if (typeof value === "string") {
      if (!NEVER_KEPT.has(field)) fields.push([field, value]);
    } else {
      files.push({ field, name: value.name, type: value.type, bytes: await value.arrayBuffer() });
    }
  }
  const named = fields.some(([name]) => name === "kept");
  const spare = named ? photosOf(before).filter((photo) => !files.some((file) => alike(file, photo))) : [];
  return { ...before, fields, files, spare, at, status: 0, reasons: [] };
}

function alike(one: Enclosed, other: Enclosed): boolean {
  return one.name === other.name && one.type === other.type && one.bytes.byteLength === other.bytes.byteLength;
}

/** The photos of a draft; an empty choice is a file as well, without a name. */
export function photosOf(draft: Draft): Enclosed[] {
  return [...draft.spare, ...draft.files.filter((file) => file.bytes.byteLength > 0 && file.field !== APART)];
}

/** The signed mandate: it must never be among the photos, which everybody may come to see. */
export const APART = "mandate";

export function apartOf(draft: Draft): Enclosed[] {
  return draft.files.filter((file) => file.bytes.byteLength > 0 && file.field === APART);
}

export function valueOf(draft: Draft, field: string): string {
  return draft.fields.find(([name]) => name === field)?.[1] ?? "";
}

/** Whether anything has been written at all. */
export function isEmpty(draft: Draft): boolean {
  return (
    !["title", "body", "place", "text", "score", "word"].some((name) => valueOf(draft, name).trim()) &&
    photosOf(draft).length === 0
  );
}

/** What goes over the wire: the very same each time, or the office takes it for another form. */
export function bodyOf(draft: Draft, token: string): FormData {
  const form = new FormData();
  form.append("csrf_token", token);
  form.append("form_key", draft.key);
  for (const [name, value] of draft.fields) form.append(name, value);
  for (const { field, name, type, bytes } of draft.files) form.append(field, new File([bytes], name, { type }));
  return form;
}

/** What has become of a draft; `before` is the draft as it was before it was sent. */
export function after(before: Draft, answer: Answer, at: number): Draft {
  if (answer === null) return { ...before, unsure: true, at };
  const { status, location, reasons } = answer;
  const told = { ...before, status, reasons, at };
  if (location !== null) {
    const title: [string, string] = ["title", valueOf(before, "title")];
    const { lock: _, ...open } = told;
    return { ...open, state: "sent", unsure: false, fields: [title], files: [], spare: [], link: location };
  }
  // The office asks whether a complaint like it is the same: it was not filed, and is now sent without that question.
  if (status === 200) return { ...told, unsure: false, fields: without(before, "look") };
  if (status >= 500) return { ...told, unsure: true };
  if (status === 401 || status === 429 || status === 408) return told;
  if (status === 422) return { ...withOwnPhotos(told), state: "refused" };
  return { ...told, state: "refused" };
}

function without(draft: Draft, field: string): [string, string][] {
  return draft.fields.filter(([name]) => name !== field);
}

/** The copies at the office may be gone by now: the next sending carries the photos themselves. */
export function withOwnPhotos(draft: Draft): Draft {
  if (!draft.fields.some(([name]) => name === "kept")) return draft;
  return { ...draft, fields: without(draft, "kept"), files: [...photosOf(draft), ...apartOf(draft)], spare: [] };
}

/** Taken up again by its writer: out of the queue, and as another form where this one has been used up (409). */
export function takenUp(draft: Draft, freshKey: () => string): Draft {
  const key = draft.status === 409 ? freshKey() : draft.key;
  const unsure = key === draft.key && draft.unsure;
  return { ...withOwnPhotos(draft), key, unsure, state: "writing", status: 0, reasons: [] };
}

/** Those that are still of use, in the order in which they are sent and shown. */
export function inOrder(drafts: Draft[], now: number): Draft[] {
  const days = (draft: Draft) => (draft.state === "sent" ? DAYS_KEPT.sent : DAYS_KEPT.other);
  return drafts.filter((draft) => now - draft.at < days(draft) * 86_400_000).sort((one, other) => one.at - other.at);
}
