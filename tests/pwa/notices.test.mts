// Pushes: something is always shown, and a tap never leads to another site.
import assert from "node:assert/strict";
import test from "node:test";
import { bytesOfKey, sameBytes } from "../../pwa/ts/push.ts";
import { noticeOf, openNotice } from "../../pwa/ts/worker/notices.ts";

const SIGNS = { icon: "/assets/icon.png", badge: "/assets/badge.png" };

test("a payload is shown as it says", () => {
  const payload = JSON.stringify({ title: "접수했습니다", body: "2611-000427-8", url: "/me/notifications/3", tag: "c3" });
  const { title, options } = noticeOf(payload, "ko-KR", SIGNS);
  assert.equal(title, "접수했습니다");
  assert.deepEqual(options.data, { url: "/me/notifications/3" });
  assert.equal(options.tag, "c3");
  assert.equal(options.badge, SIGNS.badge);
});

for (const payload of [undefined, "", "{", "null", "[]", '{"title": 3}']) {
  test(`something is shown for ${payload}`, () => {
    assert.equal(noticeOf(payload, "ko", SIGNS).title, "새 소식이 있습니다");
    assert.equal(noticeOf(payload, "en-US", SIGNS).title, "You have a new notice");
    assert.equal(noticeOf(payload, "ko", SIGNS).options.data.url, "/me/notifications");
  });
}

interface Call {
  did: string;
  url?: string;
}

function office(urls: string[]) {
  const calls: Call[] = [];
  const windows = urls.map((url) => ({
    url,
    focused: false,
    focus: async () => calls.push({ did: "focus", url }),
    navigate: async (to: string) => calls.push({ did: "navigate", url: to }),
  }));
  const clients = {
    matchAll: async () => windows,
    openWindow: async (url: string) => calls.push({ did: "open", url }),
  };
  return { calls, clients: clients as unknown as Clients };
}

test("a window that shows the page already is brought forward", async () => {
  const { calls, clients } = office(["https://m.kr/", "https://m.kr/complaints/1"]);
  await openNotice(clients, { url: "/complaints/1" }, "https://m.kr");
  assert.deepEqual(calls, [{ did: "focus", url: "https://m.kr/complaints/1" }]);
});

test("another window of ours is led there", async () => {
  const { calls, clients } = office(["https://m.kr/"]);
  await openNotice(clients, { url: "/complaints/1" }, "https://m.kr");
  assert.deepEqual(calls.at(-1), { did: "navigate", url: "https://m.kr/complaints/1" });
});

test("without a window one is opened", async () => {
  const { calls, clients } = office([]);
  await openNotice(clients, { url: "/complaints/1" }, "https://m.kr");
  assert.deepEqual(calls, [{ did: "open", url: "https://m.kr/complaints/1" }]);
});

for (const url of ["https://evil.example/", "//evil.example/x"]) {
  test(`a tap does not lead to ${url}`, async () => {
    const { calls, clients } = office([]);
    await openNotice(clients, { url }, "https://m.kr");
    assert.deepEqual(calls, []);
  });
}

test("keys are compared byte by byte", () => {
  const key = bytesOfKey("BAEC_w");
  assert.deepEqual([...key], [4, 1, 2, 255]);
  assert.ok(sameBytes(key.buffer, bytesOfKey("BAEC_w")));
  assert.ok(!sameBytes(key.buffer, bytesOfKey("BAEC_g")));
  assert.ok(!sameBytes(null, key));
});
