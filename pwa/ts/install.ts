// Offers the home screen once, at a good moment: when something has just been done (a green notice says so). Never twice.
import { ask, one, word } from "./page.ts";

interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

const ASKED = "install-asked";

export function offerInstall(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    if (!one("main .notice.green") || localStorage.getItem(ASKED)) return;
    localStorage.setItem(ASKED, "yes");
    ask(word("install"), word("installYes"), word("installNo"), (agreed) => {
      if (agreed) void (event as InstallEvent).prompt();
    });
  });
}
