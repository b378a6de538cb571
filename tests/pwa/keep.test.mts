// What was sent is forgotten only when it has arrived: never told twice, never lost.
import assert from "node:assert/strict";
import test from "node:test";
import { arrived } from "../../pwa/ts/keep.ts";

const CASES: [string, [redirects: number, status: number, stays: boolean], boolean][] = [
  ["led back to its own page, as the desk's notes are", [1, 200, true], true],
  ["led on to another page", [1, 200, false], true],
  ["answered by another page", [0, 200, false], true],
  ["refused with what is wrong", [0, 422, true], false],
  ["opened anew after the network failed", [0, 200, true], false],
  ["met by a fault of the office", [0, 500, false], false],
];

for (const [name, [redirectCount, responseStatus, stays], expected] of CASES) {
  test(`a form ${name} is ${expected ? "forgotten" : "kept"}`, () => {
    assert.equal(arrived({ redirectCount, responseStatus }, stays), expected);
  });
}
