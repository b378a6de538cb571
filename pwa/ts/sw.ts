// The service worker: which event is answered by which function. The functions themselves are tested without a browser.

import { noticeOf, openNotice, type Signs, subscribeAgain } from "./worker/notices.ts";
import { answerAsset, answerPage, clean, keepShell, whose } from "./worker/shell.ts";

declare const self: ServiceWorkerGlobalScope;
declare const __SHELL__: string[];
declare const __VERSION__: string;
declare const __SIGNS__: Signs;

const CACHE = `shell-${__VERSION__}`;

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell(caches, CACHE, [...__SHELL__, "/offline"]));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(clean(caches, CACHE).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const kind = whose(event.request, self.location.origin);
  if (kind === "page") event.respondWith(answerPage(event.request, caches, CACHE));
  if (kind === "asset") event.respondWith(answerAsset(event.request, caches, CACHE));
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
});

self.addEventListener("push", (event) => {
  const notice = noticeOf(event.data?.text(), navigator.language, __SIGNS__);
  event.waitUntil(self.registration.showNotification(notice.title, notice.options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openNotice(self.clients, event.notification.data as unknown, self.location.origin));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(subscribeAgain(self.registration, event as PushSubscriptionChangeEvent));
});
