// Live pages: whether a fetched page is as new as what was told, and whether only the count of notices has changed.
import assert from "node:assert/strict";
import test from "node:test";
import { older, onlyNotices } from "../../pwa/ts/live.ts";

test("a shared copy may be older than what was told", () => {
  assert.ok(older("4.1", "5.1"));
  assert.ok(older("4", "4.1"));
  assert.ok(!older("5.1", "5.1"));
  assert.ok(!older("6.1", "5.1"));
});

test("one's own count of notices comes last", () => {
  assert.ok(onlyNotices("4.1", "4.2"));
  assert.ok(!onlyNotices("4.1", "5.2"));
  assert.ok(!onlyNotices("4", "5"));
});
