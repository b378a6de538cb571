// Notices: what a push shows, where a tap leads, and what to do when the push service changes the subscription.

export interface Notice {
  title: string;
  options: NotificationOptions & { data: { url: string; acts: Record<string, string> } };
  /** Unread notices, for the app's icon; undefined where the payload does not say. */
  unread: number | undefined;
}

type Json = Record<string, unknown>;

/** Addresses of the app's icon and of the small sign in the status bar. */
export interface Signs {
  icon: string;
  badge: string;
}

/** What a declarative message says (server/notifications/payload.py), for browsers that leave it to us. Something is always
    shown, also for a payload that cannot be read: browsers punish silence. */
export function noticeOf(payload: string | undefined, language: string, signs: Signs): Notice {
  const whole = parse(payload);
  const told = object(whole["notification"]);
  const korean = language.startsWith("ko");
  const url = placeOf(told) || "/me/notifications";
  const offered = (Array.isArray(told["actions"]) ? told["actions"] : []).map(object);
  const lang = text(told, "lang") || (korean ? "ko" : "en");
  const actions = offered.map((act) => ({ action: text(act, "action"), title: text(act, "title") }));
  const acts = Object.fromEntries(offered.map((act) => [text(act, "action"), placeOf(act)]));
  const shown = { body: text(told, "body"), tag: text(told, "tag") || url, ...signs, lang, data: { url, acts } };
  return {
    title: text(told, "title") || (korean ? "새 소식이 있습니다" : "You have a new notice"),
    options: { ...shown, actions } as Notice["options"], // which the types of notifications do not know yet
    unread: typeof whole["app_badge"] === "number" ? whole["app_badge"] : undefined,
  };
}

const object = (value: unknown) => (typeof value === "object" && value !== null ? (value as Json) : {});
const text = (from: Json, name: string) => (typeof from[name] === "string" ? (from[name] as string) : "");

/** The place on this site that an address names, whatever the office's own name. */
function placeOf(from: Json): string {
  const address = URL.canParse(text(from, "navigate")) ? new URL(text(from, "navigate")) : null;
  return address && !address.pathname.startsWith("//") ? address.pathname + address.search : "";
}

function parse(payload: string | undefined): Json {
  try {
    return object(JSON.parse(payload ?? ""));
  } catch {
    return {};
  }
}

/** A tap leads to the notice's page, or where the button that was tapped leads, in a window that is already open if there is
    one; only ever on this site. */
export async function openNotice(clients: Clients, data: unknown, origin: string, act = ""): Promise<void> {
  const known = object(data);
  const url = new URL(text(object(known["acts"]), act) || text(known, "url") || "/", origin);
  if (url.origin !== origin) return;
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((window) => new URL(window.url).pathname === url.pathname);
  if (there) {
    await there.focus();
    return;
  }
  const free = windows.find((window) => window.focused) ?? windows[0];
  if (free) {
    try {
      await free.focus();
      await free.navigate(url.href);
      return;
    } catch {
      // A window that this worker does not control cannot be led; a new one can.
    }
  }
  await clients.openWindow(url.href);
}

/** The push service gave the phone another address: the office is told the new one and forgets the old. */
export async function subscribeAgain(
  registration: ServiceWorkerRegistration,
  event: Pick<PushSubscriptionChangeEvent, "oldSubscription" | "newSubscription">,
): Promise<void> {
  const options = event.oldSubscription?.options;
  const subscription = event.newSubscription ?? (options ? await registration.pushManager.subscribe(options) : null);
  const { csrf_token: token } = (await (await fetch("/csrf")).json()) as { csrf_token: string };
  const tell = (method: string, body: unknown) =>
    fetch("/push/subscriptions", {
      method,
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
      body: JSON.stringify(body),
    });
  if (subscription) await tell("POST", subscription);
  if (event.oldSubscription) await tell("DELETE", { endpoint: event.oldSubscription.endpoint });
}
