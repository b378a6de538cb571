// What a script adds to pages that work without it. Each line serves one hook of the macros and costs nothing where there is none.
import { tendDrafts, tendLeaving } from "./drafts.ts";
import { followDisplay } from "./display.ts";
import { countLetters, revealPasswords, showErrors } from "./fields.ts";
import { openFiles } from "./files.ts";
import { offerInstall } from "./install.ts";
import { keepWords } from "./keep.ts";
import { loadLater } from "./later.ts";
import { sendOnce } from "./once.ts";
import { sayKept, tendWorker } from "./worker.ts";

tendLeaving();
followDisplay();
showErrors();
countLetters();
revealPasswords();
keepWords();
openFiles();
sendOnce();
offerInstall();
loadLater();
sayKept();
tendWorker();
void tendDrafts().catch(() => undefined); // a browser that keeps nothing still files
