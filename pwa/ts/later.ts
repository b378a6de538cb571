// Parts of the script that only some pages need, and none at first sight: each is loaded where its hook stands.
import { one } from "./page.ts";

const PUSH_WANTED = "push-wanted"; // as in push.ts, which is not loaded for it

/** The count on the app's icon: as many as the bell says, none where nobody is signed in. */
export function countOnIcon(): void {
  const unread = Number.parseInt(one("[data-part=bell] .badge")?.textContent ?? "0", 10);
  void navigator.setAppBadge?.(unread).catch(() => undefined); // zero takes it away
}

export function loadLater(): void {
  countOnIcon();
  const main = one("main[data-follow]");
  if (one("textarea[data-sms]")) void import("./sms.ts").then(({ measureSms }) => measureSms());
  if ("speechSynthesis" in window && one("[data-aloud]"))
    void import("./aloud.ts").then(({ readAloud }) => readAloud());
  if (one("[data-place]")) void import("./place.ts").then(({ findPlace }) => findPlace());
  if (one("[data-passkey]")) void import("./passkeys.ts").then(({ tendPasskeys }) => tendPasskeys());
  if (one("[data-push]") || localStorage.getItem(PUSH_WANTED))
    void import("./push.ts").then(({ managePush }) => managePush());
  if (main) addEventListener("load", () => void import("./live.ts").then(({ follow }) => follow(main)));
}
