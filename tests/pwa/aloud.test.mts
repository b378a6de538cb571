// What is read aloud comes in pieces that a voice can hold, each in its own language (Y18).
import assert from "node:assert/strict";
import test from "node:test";
import { languageOf, pieces } from "../../pwa/ts/aloud.ts";

test("sentences stay whole, and nothing is lost", () => {
  assert.deepEqual(pieces("가로등이 꺼졌습니다. 밤길이 어둡습니다!\n\n고쳐 주세요"), [
    "가로등이 꺼졌습니다. 밤길이 어둡습니다!",
    "고쳐 주세요",
  ]);
  assert.deepEqual(pieces(""), []);
});

test("no piece is longer than a voice holds", () => {
  const long = `${"가".repeat(500)}. ${"나 ".repeat(200)}`;
  const found = pieces(long);
  assert.ok(found.every((piece) => piece.length <= 160));
  assert.equal(found.join("").replace(/\s/g, ""), long.replace(/\s/g, ""));
});

test("a resident's Korean is read as Korean on an English page", () => {
  assert.equal(languageOf("당산로 12길", "en"), "ko");
  assert.equal(languageOf("Street lamp", "en"), "en");
});
