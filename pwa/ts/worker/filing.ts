// What is posted passes through here: a complaint, or more for one, is on the disk before it leaves, a shared photo becomes a
// draft, and logging out empties the phone.
import { begun, type Draft, written } from "../drafts/draft.ts";
import { alone } from "../drafts/sending.ts";
import { forgetAllBut, get, put, reader, remove } from "../drafts/store.ts";
import { cleaned } from "../picture.ts";

/** A form on its way. Where the network fails it waits for the next one (`later` asks for that), and its writer is
    shown what is kept. */
export async function file(request: Request, later: () => Promise<unknown>): Promise<Response> {
  const taken = await kept(request.clone()).catch(() => null);
  if (!taken) return fetch(request);
  const { draft, fresh } = taken;
  let answer: Response;
  try {
    answer = await alone(draft.key, () => fetch(request));
  } catch {
    await later().catch(() => undefined);
    return Response.redirect("/me/drafts", 303);
  }
  // A redirect, opaque here, leads to the complaint: it has been filed. Whatever else came is shown to its writer; words of
  // somebody without an account then stay on the page, not on the phone.
  const shown = answer.status < 500;
  if (answer.type === "opaqueredirect" || (shown && fresh && !draft.owner)) await remove(draft.key);
  else if (shown) {
    const status = answer.ok ? 0 : answer.status;
    await put({ ...draft, state: "writing", unsure: false, status });
  }
  return answer;
}

/** The draft of what is on its way, and whether the phone had none of it before. */
async function kept(request: Request): Promise<{ draft: Draft; fresh: boolean } | null> {
  const form = await request.formData();
  const key = form.get("form_key");
  if (typeof key !== "string" || !key) return null;
  const owner = await reader();
  const now = Date.now();
  const known = await get(key);
  const before = known ?? begun(key, owner, now, new URL(request.url).pathname);
  // Without an account only its writer can send it: the password is not kept.
  const state = owner ? "waiting" : "writing";
  const draft: Draft = { ...(await written(form, before, now)), owner, state, unsure: true };
  await put(draft);
  return { draft, fresh: known === undefined };
}

/** Photos and words from another app, as a new draft that its receiver is led to. */
export async function share(request: Request): Promise<Response> {
  const form = await request.clone().formData();
  const draft = begun(crypto.randomUUID(), await reader(), Date.now());
  const taken = new FormData();
  for (const [name, value] of form) {
    taken.append(name, typeof value === "string" ? value : await cleaned(value));
  }
  await put(await written(taken, draft, draft.at));
  return Response.redirect(`/complaints/new?draft=${draft.key}`, 303);
}

/** Log-out: once the office has let the reader go, nothing of theirs stays. */
export async function leave(request: Request): Promise<Response> {
  const answer = await fetch(request);
  if (answer.type === "opaqueredirect") await forgetAllBut("").catch(() => undefined);
  return answer;
}
