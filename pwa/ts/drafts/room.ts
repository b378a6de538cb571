// Everything about drafts that a page may need, loaded only where one of it is (../drafts.ts).
export { tendForm } from "./form.ts";
export { showDrafts } from "./list.ts";
export { mark, sendLater, sendNow } from "./queue.ts";
export { forgetAllBut, forgetPages, setReader } from "./store.ts";
