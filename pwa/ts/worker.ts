// Registers the service worker and offers its next version, which takes over only when the reader says so: never amid a form.
import { ask, one, word } from "./page.ts";

export function tendWorker(): void {
  if (!("serviceWorker" in navigator)) return;
  addEventListener("load", async () => {
    const registration = await navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => null);
    if (!registration) return;
    const offer = (waiting: ServiceWorker) => {
      if (one("form [data-keep], form[data-keep], form[data-once] textarea")) return;
      ask(word("update"), word("updateYes"), word("updateNo"), (agreed) => {
        if (!agreed) return;
        navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
        waiting.postMessage("take over");
      });
    };
    if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const next = registration.installing;
      next?.addEventListener("statechange", () => {
        if (next.state === "installed" && navigator.serviceWorker.controller) offer(next);
      });
    });
  });
}
