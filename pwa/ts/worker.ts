// Registers the service worker and offers its next version, which takes over only when the reader says so: never amid a form.
import { ask, fill, one, tell, word } from "./page.ts";

const LATER = "update-later";

/** A page of one's own, shown without a network as it was last seen. */
export function sayKept(): void {
  const seen = document.documentElement.dataset["kept"];
  if (!seen) return;
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  tell(fill(word("kept"), { when: when.format(new Date(seen)) }));
}

export function tendWorker(): void {
  if (!("serviceWorker" in navigator)) return;
  addEventListener("load", async () => {
    const registration = await navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => null);
    if (!registration) return;
    const offer = (waiting: ServiceWorker) => {
      if (sessionStorage.getItem(LATER)) return;
      if (one("form [data-keep], form[data-keep], form[data-once] textarea")) return;
      ask(word("update"), word("updateYes"), word("updateNo"), (agreed) => {
        if (!agreed) return sessionStorage.setItem(LATER, "yes");
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
