// Notices on this phone: the switch (macro push in form.html), and a look at every launch whether the subscription still stands.
import { all, one } from "./page.ts";

interface Keys {
  key: string;
}

export function bytesOfKey(base64url: string): Uint8Array<ArrayBuffer> {
  const plain = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function token(): string {
  return one<HTMLInputElement>('input[name="csrf_token"]')?.value ?? "";
}

async function tell(method: "POST" | "DELETE", subscription: PushSubscription): Promise<void> {
  const answer = await fetch("/push/subscriptions", {
    method,
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token() },
    body: JSON.stringify(subscription.toJSON()),
  });
  if (!answer.ok) throw new Error(`subscription ${answer.status}`);
}

async function subscribe(worker: ServiceWorkerRegistration): Promise<void> {
  const { key } = (await (await fetch("/push/key")).json()) as Keys;
  const applicationServerKey = bytesOfKey(key);
  const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  await tell("POST", subscription);
}

async function unsubscribe(worker: ServiceWorkerRegistration): Promise<void> {
  const subscription = await worker.pushManager.getSubscription();
  if (!subscription) return;
  await tell("DELETE", subscription);
  await subscription.unsubscribe();
}

type State = "off" | "on" | "denied" | "failed" | "install";

function show(box: HTMLElement, state: State): void {
  box.hidden = false;
  for (const part of all("[data-push-state]", box)) {
    part.hidden = !part.dataset["pushState"]?.split(" ").includes(state);
  }
}

/** Safari on iPhone knows push only in an app on the home screen. */
function needsInstall(): boolean {
  return !("PushManager" in window) && /iP(hone|ad|od)/.test(navigator.userAgent);
}

export function managePush(): void {
  for (const box of all("[data-push]")) void manage(box);
}

async function manage(box: HTMLElement): Promise<void> {
  if (needsInstall()) return show(box, "install");
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const worker = await navigator.serviceWorker.ready;
  const now = async (): Promise<State> =>
    Notification.permission === "denied" ? "denied" : (await worker.pushManager.getSubscription()) ? "on" : "off";
  show(box, await now());
  const act = (selector: string, what: (worker: ServiceWorkerRegistration) => Promise<void>) => {
    for (const button of all<HTMLButtonElement>(selector, box)) {
      button.addEventListener("click", async () => {
        button.disabled = true;
        try {
          await what(worker);
          show(box, await now());
        } catch {
          show(box, Notification.permission === "denied" ? "denied" : "failed");
        }
        button.disabled = false;
      });
    }
  };
  act("[data-push-on]", subscribe);
  act("[data-push-off]", unsubscribe);
}
