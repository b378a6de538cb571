// Parts of the script that only some pages need, and none at first sight: each is loaded where its hook stands.
import { one } from "./page.ts";

const PUSH_WANTED = "push-wanted"; // as in push.ts, which is not loaded for it

export function loadLater(): void {
  const main = one("main[data-follow]");
  if (one("textarea[data-sms]")) void import("./sms.ts").then(({ measureSms }) => measureSms());
  if (one("[data-passkey]")) void import("./passkeys.ts").then(({ tendPasskeys }) => tendPasskeys());
  if (one("[data-push]") || localStorage.getItem(PUSH_WANTED))
    void import("./push.ts").then(({ managePush }) => managePush());
  if (main) addEventListener("load", () => void import("./live.ts").then(({ follow }) => follow(main)));
}
