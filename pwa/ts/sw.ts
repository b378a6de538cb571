// The service worker: which event is answered by which function. The functions themselves are tested without a browser.
import { SYNC } from "./drafts/queue.ts";
import { sendAll } from "./drafts/sending.ts";
import { reader } from "./drafts/store.ts";
import { file, leave, share } from "./worker/filing.ts";
import { noticeOf, openNotice, type Signs, subscribeAgain } from "./worker/notices.ts";
import { keepOwn, ownPage } from "./worker/own.ts";
import {
  answerAsset,
  answerPage,
  clean,
  keepShell,
  renewShell,
  SHELL_PAGES,
  shellPage,
  whose,
} from "./worker/shell.ts";

declare const self: ServiceWorkerGlobalScope;
declare const __SHELL__: string[];
declare const __VERSION__: string;
declare const __SIGNS__: Signs;

const CACHE = `shell-${__VERSION__}`;

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell(caches, CACHE, [...__SHELL__, ...SHELL_PAGES]));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(clean(caches, CACHE).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const kind = whose(request, self.location.origin);
  const offline = async () =>
    (request.method === "GET" && (await ownPage(caches, request.url, await reader().catch(() => "")))) ||
    shellPage(request, caches, CACHE);
  if (kind === "asset") event.respondWith(answerAsset(request, caches, CACHE));
  if (kind === "page" || kind === "form") event.respondWith(answerPage(() => fetch(request), offline, seen));
  if (kind === "filing") event.respondWith(answerPage(() => file(request, syncLater), offline));
  if (kind === "share") event.respondWith(share(request).catch(() => fetch(request)));
  if (kind === "logout") event.respondWith(answerPage(() => leave(request), offline));

  function seen(answer: Response): void {
    event.waitUntil(keepOwn(caches, request.url, answer, new Date()).catch(() => undefined));
    event.waitUntil(renewShell(caches, CACHE, Date.now()).catch(() => undefined));
  }
});

function syncLater(): Promise<void> {
  const { sync } = self.registration as { sync?: { register(tag: string): Promise<void> } };
  return sync?.register(SYNC) ?? Promise.resolve();
}

self.addEventListener("sync", (event) => {
  const { tag, waitUntil } = event as ExtendableEvent & { tag: string };
  if (tag !== SYNC) return;
  // Refused, the browser tries again later by itself.
  waitUntil.call(
    event,
    sendAll().then((reached) => (reached ? undefined : Promise.reject(new Error("no network")))),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
});

self.addEventListener("push", (event) => {
  const notice = noticeOf(event.data?.text(), navigator.language, __SIGNS__);
  event.waitUntil(self.registration.showNotification(notice.title, notice.options));
  if (notice.unread !== undefined) event.waitUntil(Promise.resolve(self.navigator.setAppBadge?.(notice.unread)));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openNotice(self.clients, event.notification.data, self.location.origin, event.action));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(subscribeAgain(self.registration, event as PushSubscriptionChangeEvent));
});
