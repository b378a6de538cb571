// Offers the home screen once, at a good moment: after something has been done (a receipt, data-good-moment), never again after a no.
import { ask, one, word } from "./page.ts";

interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

const ASKED = "install-asked";

export function offerInstall(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    if (!one("[data-good-moment]") || localStorage.getItem(ASKED)) return;
    localStorage.setItem(ASKED, "yes");
    ask(word("install"), word("installYes"), word("installNo"), (agreed) => {
      if (agreed) void (event as InstallEvent).prompt();
    });
  });
}
