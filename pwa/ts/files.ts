// Fields for files get a tile that opens them; what is done to the photos themselves is loaded only where there is a field.
import { all, one } from "./page.ts";

export function openFiles(): void {
  const fields = all("[data-files]");
  for (const field of fields) {
    const list = one("[data-previews]", field);
    if (!list) continue;
    // The tile takes the place of the browser's own button, which stays for keyboards and readers.
    list.hidden = false;
    one("input", field)?.classList.add("hidden");
  }
  if (fields.length) void import("./photos.ts").then(({ preparePhotos }) => preparePhotos());
}
