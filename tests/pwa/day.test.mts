// The day's cases on an official's phone: for one account, one session and 24 hours, and unreadable besides.
import assert from "node:assert/strict";
import test from "node:test";
import { endOf, type Issued, isOver, opened, sealed } from "../../pwa/ts/field/day.ts";

const HOUR = 3_600_000;
const AT = 1_700_000_000_000;
const ISSUED: Issued = {
  issued: "2026-11-23T01:00:00+00:00",
  until: "2026-11-24T01:00:00+00:00",
  hours: 24,
  session: "s1",
  account: "7",
  more: false,
  cases: [{ number: "2611-000427-8", title: "가로등", place: "당산로", at: null, gist: "꺼졌습니다", meta: "" }],
};

test("they are read back by whoever took them along", async () => {
  const kept = await sealed(ISSUED, AT);
  assert.deepEqual(await opened(kept, "7", "s1", AT + HOUR), ISSUED);
  assert.deepEqual(await opened(kept, "7", "", AT + HOUR), ISSUED, "without a network no session is known");
});

test("what lies on the phone says nothing", async () => {
  const kept = await sealed(ISSUED, AT);
  assert.ok(!Buffer.from(kept.locked).includes("당산로"));
  await assert.rejects(crypto.subtle.exportKey("raw", kept.key));
});

const CASES: [string, account: string, session: string, now: number][] = [
  ["another account", "8", "s1", AT],
  ["nobody", "", "", AT],
  ["another session of the same account", "7", "s2", AT],
  ["a day later", "7", "s1", AT + 24 * HOUR],
  ["a clock that was turned back", "7", "s1", AT - HOUR],
];

for (const [name, account, session, now] of CASES) {
  test(`not for ${name}`, async () => assert.equal(await opened(await sealed(ISSUED, AT), account, session, now), null));
}

test("an account written over theirs opens nothing either", async () => {
  const kept = await sealed(ISSUED, AT);
  assert.equal(await opened({ ...kept, account: "8" }, "8", "", AT), null);
});

test("they end by how much time has passed, whatever the clock says", () => {
  const kept = { at: AT, hours: 24 };
  assert.equal(endOf(kept), AT + 24 * HOUR);
  assert.deepEqual(
    [AT - 60_000, AT + 24 * HOUR - 1, AT + 24 * HOUR].map((now) => isOver(kept, now)),
    [false, false, true],
  );
});
