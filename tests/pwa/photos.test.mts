// Photos keep their shape when they are shrunk, and small ones are left alone.
import assert from "node:assert/strict";
import test from "node:test";
import { fitting } from "../../pwa/ts/picture.ts";

const cases: [number, number, [number, number]][] = [
  [4032, 3024, [1600, 1200]],
  [3024, 4032, [1200, 1600]],
  [800, 600, [800, 600]],
  [50_000, 2, [1600, 1]],
];

for (const [width, height, wanted] of cases) {
  test(`${width} by ${height}`, () => assert.deepEqual(fitting(width, height, 1600), wanted));
}
