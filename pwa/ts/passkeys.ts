// Passkeys: making one, and entering with one, by button or out of the field's own suggestions. The forms are ordinary ones; a
// script only asks the device and puts its answer in. Loaded where a page has such a form (accounts/passkey.html).
import { all, one } from "./page.ts";

interface Described {
  id: string;
  type: PublicKeyCredentialType;
  transports?: AuthenticatorTransport[];
}

/** What the office asks, as JSON: bytes are base64url (WebAuthn Level 3, 5.1.8 and 5.1.9). */
export interface Asked {
  challenge: string;
  user?: { id: string; name: string; displayName: string };
  excludeCredentials?: Described[];
  allowCredentials?: Described[];
}

export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const plain = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

export function textOf(bytes: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const described = (list: Described[] | undefined) => (list ?? []).map((one) => ({ ...one, id: bytesOf(one.id) }));

/** The office's question as a browser takes it. */
export function readAsked(asked: Asked): Record<string, unknown> {
  return {
    ...asked,
    challenge: bytesOf(asked.challenge),
    ...(asked.user && { user: { ...asked.user, id: bytesOf(asked.user.id) } }),
    excludeCredentials: described(asked.excludeCredentials),
    allowCredentials: described(asked.allowCredentials),
  };
}

/** The device's answer as JSON for the form. */
export function answerOf(credential: PublicKeyCredential): string {
  const response = credential.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"] as const;
  const given = parts.flatMap((name) => (response[name] ? [[name, textOf(response[name])]] : []));
  const transports = response.attestationObject ? { transports: response.getTransports?.() ?? [] } : {};
  return JSON.stringify({
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    response: { ...Object.fromEntries(given), ...transports },
    clientExtensionResults: {},
  });
}

const AGAIN_MS = 240_000; // before the office forgets what it asked

export async function tendPasskeys(): Promise<void> {
  if (!("PublicKeyCredential" in window) || !window.isSecureContext) return;
  for (const box of all("[data-passkey]")) {
    if (location.origin !== box.dataset["origin"]) continue; // the device would refuse, whatever the person does
    for (const word of all("[data-passkey-without]")) word.hidden = true;
    box.hidden = false;
    const act = tend(box);
    if (!("autofill" in box.dataset) || !(await suggests())) continue;
    const suggest = () => {
      if (!document.hidden) void act(true);
    };
    suggest();
    setInterval(suggest, AGAIN_MS);
  }
}

async function suggests(): Promise<boolean> {
  return (await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false;
}

/** Asks the device when the form is sent, and sends it once there is an answer. */
function tend(box: HTMLElement): (quietly: boolean) => Promise<void> {
  const form = one<HTMLFormElement>("form", box)!;
  const answer = one<HTMLInputElement>("[name=credential]", form)!;
  const status = one("[data-passkey-status]", box)!;
  const button = one<HTMLButtonElement>("button[type=submit]", form);
  let open: AbortController | null = null;

  const act = async (quietly: boolean) => {
    open?.abort();
    const mine = (open = new AbortController());
    status.textContent = "";
    try {
      const publicKey = readAsked(await ask(box, form)) as never;
      const credential = await (box.dataset["passkey"] === "create"
        ? navigator.credentials.create({ publicKey, signal: mine.signal })
        : navigator.credentials.get({ publicKey, signal: mine.signal, ...(quietly && { mediation: "conditional" }) }));
      if (mine.signal.aborted || !credential) return;
      answer.value = answerOf(credential as PublicKeyCredential);
      form.requestSubmit(button);
    } catch (error) {
      if (!quietly && !mine.signal.aborted) status.textContent = box.dataset[why(error)] ?? "";
    }
  };

  // Before any other listener: without an answer there is nothing to send yet.
  box.addEventListener(
    "submit",
    (event) => {
      if (answer.value) return;
      event.preventDefault();
      event.stopPropagation();
      void act(false);
    },
    { capture: true },
  );
  addEventListener("pageshow", () => (answer.value = ""));
  return act;
}

function why(error: unknown): "cancelled" | "known" | "failed" {
  const name = error instanceof DOMException ? error.name : "";
  return name === "NotAllowedError" ? "cancelled" : name === "InvalidStateError" ? "known" : "failed";
}

async function ask(box: HTMLElement, form: HTMLFormElement): Promise<Asked> {
  const token = one<HTMLInputElement>("[name=csrf_token]", form)?.value ?? "";
  const answer = await fetch(box.dataset["options"] ?? "", {
    method: "POST",
    headers: { "X-CSRF-Token": token, Accept: "application/json" },
  });
  if (!answer.ok) throw new Error(`options ${answer.status}`);
  return (await answer.json()) as Asked;
}
