// Notices on this phone: the switch (macro push in form.html), and a look at each launch whether the subscription still stands.
import { all } from "./page.ts";

export function bytesOfKey(base64url: string): Uint8Array<ArrayBuffer> {
  const plain = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

export function sameBytes(one: ArrayBuffer | null, other: Uint8Array): boolean {
  if (one?.byteLength !== other.length) return false;
  const bytes = new Uint8Array(one);
  return other.every((byte, index) => byte === bytes[index]);
}

async function known<T>(path: string): Promise<T> {
  return (await (await fetch(path)).json()) as T;
}

/** Tells the office about a subscription, with a token of this minute. */
async function tell(method: "POST" | "DELETE", subscription: PushSubscription): Promise<void> {
  const { csrf_token: token } = await known<{ csrf_token: string }>("/csrf");
  const answer = await fetch("/push/subscriptions", {
    method,
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify(subscription),
  });
  if (!answer.ok) throw new Error(`subscription ${answer.status}`);
}

/** Subscribes with the office's key of today; a subscription with an older key is given up first. */
async function subscribe(worker: ServiceWorkerRegistration): Promise<void> {
  const { key } = await known<{ key: string }>("/push/key");
  const applicationServerKey = bytesOfKey(key);
  const before = await worker.pushManager.getSubscription();
  if (before && !sameBytes(before.options.applicationServerKey, applicationServerKey)) await before.unsubscribe();
  await tell("POST", await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }));
  localStorage.setItem(WANTED, reader());
}

async function unsubscribe(worker: ServiceWorkerRegistration): Promise<void> {
  localStorage.removeItem(WANTED);
  const subscription = await worker.pushManager.getSubscription();
  if (!subscription) return;
  await tell("DELETE", subscription);
  await subscription.unsubscribe();
}

const WANTED = "push-wanted"; // by whom: on a shared phone the next person decides for themselves
const CHECKED = "push-checked";

function reader(): string {
  return document.body.dataset["signedIn"] ?? "";
}

function wanted(): boolean {
  return reader() !== "" && localStorage.getItem(WANTED) === reader();
}

type State = "off" | "on" | "denied" | "failed" | "install";

function show(box: HTMLElement, state: State): void {
  box.hidden = false;
  for (const part of all("[data-push-state]", box)) {
    part.hidden = !part.dataset["pushState"]?.split(" ").includes(state);
  }
}

function possible(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

/** Safari on an iPhone knows push only in an app on the home screen. */
function needsInstall(): boolean {
  return !("PushManager" in window) && /iP(hone|ad|od)/.test(navigator.userAgent);
}

export function managePush(): void {
  const boxes = all("[data-push]");
  for (const box of boxes) void manage(box);
  if (wanted()) void checkAgain();
}

async function manage(box: HTMLElement): Promise<void> {
  if (needsInstall()) return show(box, "install");
  if (!possible()) return;
  const worker = await navigator.serviceWorker.ready;
  const now = async (): Promise<State> =>
    Notification.permission === "denied"
      ? "denied"
      : wanted() && (await worker.pushManager.getSubscription())
        ? "on"
        : "off";
  show(box, await now());
  const act = (selector: string, what: (worker: ServiceWorkerRegistration) => Promise<void>) => {
    for (const button of all<HTMLButtonElement>(selector, box)) {
      button.addEventListener("click", async () => {
        button.disabled = true;
        const after = await what(worker).then(now, () => "failed" as const);
        button.disabled = false;
        show(box, Notification.permission === "denied" ? "denied" : after);
      });
    }
  };
  act("[data-push-on]", subscribe);
  act("[data-push-off]", unsubscribe);
}

/** Once a launch: what was wanted here and is still allowed is told again, whatever the push service did meanwhile. */
async function checkAgain(): Promise<void> {
  if (!possible() || Notification.permission !== "granted") return;
  if (sessionStorage.getItem(CHECKED)) return;
  sessionStorage.setItem(CHECKED, "yes");
  await subscribe(await navigator.serviceWorker.ready).catch(() => undefined);
}
