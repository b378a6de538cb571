// The photo of a mandate stays apart from the photos of a draft: it may never come where everybody looks (Y18).
import assert from "node:assert/strict";
import test from "node:test";
import { apartOf, begun, photosOf, takenUp, written } from "../../pwa/ts/drafts/draft.ts";

const KEY = "8f1c2d3e-0000-4000-8000-000000000002";

test("a mandate is kept, and is no photo", async () => {
  const form = new FormData();
  form.append("photos", new File([new Uint8Array([1])], "lamp.jpg", { type: "image/jpeg" }));
  form.append("mandate", new File([new Uint8Array([2, 3])], "signed.jpg", { type: "image/jpeg" }));
  const draft = await written(form, begun(KEY, "7", 1), 2);
  assert.deepEqual(
    [photosOf(draft), apartOf(draft)].map((files) => files.map(({ name }) => name)),
    [["lamp.jpg"], ["signed.jpg"]],
  );
  const again = takenUp({ ...draft, fields: [["kept", "x"]] }, () => KEY);
  assert.deepEqual([photosOf(again).length, apartOf(again).length], [1, 1]);
});
