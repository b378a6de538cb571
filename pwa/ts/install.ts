// Offers the home screen once, at a good moment: when a complaint has just been filed, which a green notice says. Never twice, whoever reads.
import { ask, one, word } from "./page.ts";

interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

const ASKED = "install-asked";

export function offerInstall(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    const filed = /^\/complaints\/\d{4}-\d{6}-\d$/.test(location.pathname) && one("main .notice.green");
    if (!filed || localStorage.getItem(ASKED)) return;
    localStorage.setItem(ASKED, "yes");
    ask(word("install"), word("installYes"), word("installNo"), (agreed) => {
      if (agreed) void (event as InstallEvent).prompt();
    });
  });
}
