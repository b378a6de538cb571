// Notices: what a push shows, where a tap leads, and what to do when the push service changes the subscription.

export interface Notice {
  title: string;
  options: NotificationOptions & { data: { url: string } };
}

/** Addresses of the app's icon and of the small sign in the status bar. */
export interface Signs {
  icon: string;
  badge: string;
}

/** Something is always shown, also for a payload that cannot be read: browsers punish silence. */
export function noticeOf(payload: string | undefined, language: string, signs: Signs): Notice {
  const known = parse(payload);
  const korean = language.startsWith("ko");
  const text = (name: string) => (typeof known[name] === "string" ? (known[name] as string) : "");
  const url = text("url").startsWith("/") ? text("url") : "/me/notifications";
  return {
    title: text("title") || (korean ? "새 소식이 있습니다" : "You have a new notice"),
    options: { body: text("body"), tag: text("tag") || url, ...signs, lang: korean ? "ko" : "en", data: { url } },
  };
}

function parse(payload: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(payload ?? "");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** A tap leads to the notice's page, in a window that is already open if there is one; only ever on this site. */
export async function openNotice(clients: Clients, data: unknown, origin: string): Promise<void> {
  const wanted = typeof data === "object" && data !== null && "url" in data ? String(data.url) : "/";
  const url = new URL(wanted, origin);
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
