// The live count of an SMS mirrors gateways/encode/sms.py. Node's own euc-kr table is smaller than a browser's, so only
// characters of KS X 1001 stand here; tests/journeys compares the whole table in Chromium.
import assert from "node:assert/strict";
import test from "node:test";
import { bytesOf, count, tidy } from "../../pwa/ts/cp949.ts";

const PREFIX = "[Web발신]\n";

test("a letter counts one byte, a syllable two, an emoji none", () => {
  assert.deepEqual(["a", "가", "\n", "😀", "\u0007"].map(bytesOf), [1, 2, 1, 0, 0]);
});

test("the carrier's line is counted: 40 syllables are exactly one message of 90 bytes", () => {
  assert.deepEqual(count("가".repeat(40), PREFIX, 90), { used: 90, parts: 1, strange: [] });
});

test("a byte more makes two numbered messages", () => {
  assert.equal(count(`${"가".repeat(40)}a`, PREFIX, 90).parts, 2);
});

test("numbers of two digits leave less room", () => {
  assert.equal(count("가".repeat(37 * 9), PREFIX, 90).parts, 9);
  assert.equal(count("가".repeat(37 * 9 + 1), PREFIX, 90).parts, 10);
});

test("what cannot be sent is named once", () => {
  assert.deepEqual(count("좋아요😀😀", PREFIX, 90).strange, ["😀"]);
});

test("an empty text is no message", () => {
  assert.equal(count(" \n", PREFIX, 90).parts, 0);
});

test("a text is tidied as the server does it", () => {
  assert.equal(tidy("\u1100\u1161\r\n나\u200b\u00a0다 \n"), "가\n나 다");
});
