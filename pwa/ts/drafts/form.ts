// The form of a complaint, kept while it is written: words and photos, until it has been sent or is thrown away.
import { all as every, one } from "../page.ts";
import { putPhotos } from "../photos.ts";
import { begun, type Draft, isEmpty, photosOf, takenUp, withOwnPhotos, written } from "./draft.ts";
import { alone } from "./sending.ts";
import { get, put, reader, remove } from "./store.ts";

const PAUSE_MS = 500;

/** Takes up the draft that the address names, or the one this very form had before, and keeps what is written on.
    Without a network `form` is the shell's: it is kept here and sent later, and `kept` is called. */
export async function tendForm(form: HTMLFormElement, kept?: (draft: Draft) => void): Promise<void> {
  const key = one<HTMLInputElement>("[name=form_key]", form);
  if (!key) return;
  const owner = await reader();
  const wanted = new URLSearchParams(location.search).get("draft");
  let draft = await mine(wanted ?? key.value, owner);
  key.value ||= crypto.randomUUID();
  if (draft) {
    key.value = draft.key;
    const cameBack = one("[data-focus]", form) !== null;
    if (wanted && !cameBack) fillIn(form, draft);
    const photos = one<HTMLInputElement>("input[type=file][name=photos]", form);
    const atOffice = every("[name=kept]", form).length > 0;
    if (photos && photos.files?.length === 0 && !atOffice) putPhotos(photos, photosOf(draft).map(asFile));
  }

  let timer: ReturnType<typeof setTimeout> | undefined;
  let gone = false;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const save = async (state: Draft["state"]) => {
    stop();
    const before = draft ?? begun(key.value, owner, Date.now());
    const next = { ...(await written(new FormData(form), before, Date.now())), owner, state };
    if (isEmpty(next) || gone) return;
    draft = next;
    await put(next);
  };
  // Words of somebody who is not signed in stay on a phone only where they asked for it; and without the worker, which
  // takes the draft away when it has been filed, none is begun.
  const keeps = () => draft !== undefined || (owner !== "" && navigator.serviceWorker?.controller);
  const later = () => {
    stop();
    if (keeps() && !gone) timer = setTimeout(() => void save("writing"), PAUSE_MS);
  };
  form.addEventListener("input", later);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && timer) void save("writing");
  });
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    stop();
    if (!kept) {
      gone = true; // the worker keeps it from here on
      return;
    }
    event.preventDefault();
    await save(owner ? "waiting" : "writing");
    gone = true;
    if (draft) kept(draft);
  });
  addEventListener("pageshow", () => {
    gone = false;
  });
}

/** A draft taken out of the queue for its writer; nobody sends it meanwhile. */
async function mine(key: string, owner: string): Promise<Draft | undefined> {
  return alone(key, async () => {
    const found = await get(key);
    if (!found || found.state === "sent" || (found.owner !== "" && found.owner !== owner)) return undefined;
    const draft = takenUp(found, () => crypto.randomUUID());
    await put(draft);
    if (draft.key !== key) await remove(key);
    return draft;
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
