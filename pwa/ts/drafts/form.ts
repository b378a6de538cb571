// A form kept while it is written: words and photos, until it has been sent or is thrown away.
import { all as every, one, tell } from "../page.ts";
import { preparePhotos, putPhotos } from "../photos.ts";
import { APART, apartOf, begun, type Draft, isEmpty, photosOf, takenUp, withOwnPhotos, written } from "./draft.ts";
import { locked, unlocked } from "./locked.ts";
import { alone } from "./sending.ts";
import { get, put, reader, remove } from "./store.ts";

const PAUSE_MS = 500;

/** Takes up the draft that the address names, or the one this very form had before, and keeps what is written on.
    With `kept` it never leaves by itself: it is kept here, `kept` is called, and it is sent later. With data-lock it lies here
    locked. */
export async function tendForm(form: HTMLFormElement, kept?: (draft: Draft) => void): Promise<void> {
  const key = one<HTMLInputElement>("[name=form_key]", form);
  if (!key) return;
  preparePhotos();
  const owner = await reader();
  const to = new URL(form.action).pathname;
  const closed = "lock" in form.dataset;
  const wanted = new URLSearchParams(location.search).get("draft");
  let draft = await mine(wanted ?? key.value, owner, to);
  key.value ||= crypto.randomUUID();
  if (draft) {
    key.value = draft.key;
    const cameBack = one("[data-focus]", form) !== null;
    if (wanted && !cameBack) fillIn(form, draft);
    const photos = one<HTMLInputElement>("input[type=file][name=photos]", form);
    const atOffice = every("[name=kept]", form).length > 0;
    if (photos && photos.files?.length === 0 && !atOffice) putPhotos(photos, photosOf(draft).map(asFile));
    const apart = one<HTMLInputElement>(`input[type=file][name=${APART}]`, form);
    if (apart && apart.files?.length === 0) putPhotos(apart, apartOf(draft).map(asFile));
  }

  let timer: ReturnType<typeof setTimeout> | undefined;
  let gone = false;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  let told: HTMLElement | undefined;
  const save = async (state: Draft["state"]) => {
    stop();
    const before = draft ?? begun(key.value, owner, Date.now(), to);
    const next = { ...(await written(new FormData(form), before, Date.now())), owner, state };
    if (isEmpty(next) || gone) return;
    draft = next;
    try {
      await put(closed ? await locked(next) : next);
      told?.remove();
    } catch {
      // Mostly a full disk: what is on the page is all there is, and its writer has to know.
      told?.remove();
      told = tell(form.dataset["full"] ?? "");
      throw new Error("not kept");
    }
  };
  // Words of somebody who is not signed in stay on a phone only where they asked for it; and without the worker, which
  // takes the draft away when it has been filed, none is begun.
  const keeps = () => draft !== undefined || (owner !== "" && navigator.serviceWorker?.controller);
  const later = () => {
    stop();
    if (keeps() && !gone) timer = setTimeout(() => void save("writing").catch(() => undefined), PAUSE_MS);
  };
  form.addEventListener("input", later);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && timer) void save("writing").catch(() => undefined);
  });
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    stop();
    if (!kept) {
      gone = true; // the worker keeps it from here on
      return;
    }
    event.preventDefault();
    try {
      await save(owner ? "waiting" : "writing");
    } catch {
      return; // said, and still on the page
    }
    if (!draft) {
      if (form.dataset["empty"]) tell(form.dataset["empty"]);
      return;
    }
    gone = true;
    kept(draft);
  });
  addEventListener("pageshow", () => {
    gone = false;
  });
}

/** A draft taken out of the queue for its writer; nobody sends it meanwhile. */
async function mine(key: string, owner: string, to: string): Promise<Draft | undefined> {
  return alone(key, async () => {
    const found = await get(key);
    if (!found || found.state === "sent" || found.to !== to || (found.owner !== "" && found.owner !== owner))
      return undefined;
    const draft = takenUp(found, () => crypto.randomUUID());
    await put(draft);
    if (draft.key !== key) await remove(key);
    return unlocked(draft);
  });
}

function asFile({ bytes, name, type }: { bytes: ArrayBuffer; name: string; type: string }): File {
  return new File([bytes], name, { type });
}

function fillIn(form: HTMLFormElement, kept: Draft): void {
  const draft = withOwnPhotos(kept);
  for (const control of form.elements) {
    if (
      !(
        control instanceof HTMLInputElement ||
        control instanceof HTMLTextAreaElement ||
        control instanceof HTMLSelectElement
      ) ||
      !control.name ||
      /^(file|password|submit)$/.test(control.type) ||
      /^(csrf_token|form_key)$/.test(control.name)
    )
      continue;
    const values = draft.fields.filter(([name]) => name === control.name).map(([, value]) => value);
    if (/^(radio|checkbox)$/.test(control.type)) {
      (control as HTMLInputElement).checked = values.includes(control.value);
    } else if (values[0] !== undefined) {
      control.value = values[0];
    }
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
