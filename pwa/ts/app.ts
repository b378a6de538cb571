// What a script adds to pages that work without it. Each line serves one hook of the macros and costs nothing where there is none.
import { followDisplay } from "./display.ts";
import { countLetters, revealPasswords, showErrors } from "./fields.ts";
import { offerInstall } from "./install.ts";
import { keepWords } from "./keep.ts";
import { sendOnce } from "./once.ts";
import { preparePhotos } from "./photos.ts";
import { findPlace } from "./place.ts";
import { managePush } from "./push.ts";
import { measureSms } from "./sms.ts";
import { tendWorker } from "./worker.ts";

followDisplay();
showErrors();
countLetters();
revealPasswords();
keepWords();
preparePhotos();
findPlace();
measureSms();
sendOnce();
managePush();
offerInstall();
tendWorker();
