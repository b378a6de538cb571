// The live count of an SMS mirrors gateways/encode/sms.py. Node's own euc-kr table is smaller than a browser's, so only
// characters of KS X 1001 stand here; tests/journeys compares the whole table in Chromium.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { bytesOf, count, countAbroad, isAbroad, tidy } from "../../pwa/ts/cp949.ts";

const PREFIX = "[Web발신]\n";

test("a letter counts one byte, a syllable two, an emoji none", () => {
  assert.deepEqual(["a", "가", "\n", "😀", "\u0007"].map(bytesOf), [1, 2, 1, 0, 0]);
});

interface Case {
  text: string;
  times?: number;
  limit?: number;
  longer?: string;
  used: number;
  parts: number;
  strange: string[];
}

const table = JSON.parse(readFileSync(new URL("../gateways/sms_cases.json", import.meta.url), "utf8")) as {
  domestic: Case[];
  abroad: Case[];
  recipients: { to: string; abroad: boolean }[];
};

test("domestic texts count as the server counts them", () => {
  for (const { text, times = 1, limit = 90, longer, used, parts, strange } of table.domestic) {
    assert.deepEqual(count(text.repeat(times), PREFIX, limit, longer), { used, limit, parts, strange }, text);
  }
});

test("texts abroad count as the server counts them", () => {
  for (const { text, times = 1, limit, used, parts, strange } of table.abroad) {
    assert.deepEqual(countAbroad(text.repeat(times)), { used, limit, parts, strange }, text);
  }
});

test("a number abroad is known by its beginning", () => {
  for (const { to, abroad } of table.recipients) assert.equal(isAbroad(to), abroad, to);
});

test("a text is tidied as the server does it", () => {
  assert.equal(tidy("\u1100\u1161\r\n나\u200b\u00a0다 \n"), "가\n나 다");
});
