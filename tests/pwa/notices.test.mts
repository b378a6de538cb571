// Pushes: something is always shown, and a tap never leads to another site.
import assert from "node:assert/strict";
import test from "node:test";
import { bytesOfKey, sameBytes } from "../../pwa/ts/push.ts";
import { noticeOf, openNotice } from "../../pwa/ts/worker/notices.ts";

const SIGNS = { icon: "/assets/icon.png", badge: "/assets/badge.png" };

test("a payload is shown as it says", () => {
  const at = "https://m.kr/me/notifications/3";
  const actions = [
    { action: "open", title: "열어 보기", navigate: `${at}?act=open` },
    { action: "rate", title: "만족도 평가하기", navigate: `${at}?act=rate` },
  ];
  const notification = { title: "접수했습니다", body: "2611-000427-8", lang: "ko", navigate: at, tag: "c3", actions };
  const { title, options, unread } = noticeOf(JSON.stringify({ web_push: 8030, notification, app_badge: 2 }), "en", SIGNS);
  assert.equal(title, "접수했습니다");
  assert.equal(options.lang, "ko");
  const acts = { open: "/me/notifications/3?act=open", rate: "/me/notifications/3?act=rate" };
  assert.deepEqual(options.data, { url: "/me/notifications/3", acts });
  assert.equal(options.tag, "c3");
  assert.equal(options.badge, SIGNS.badge);
  assert.equal(unread, 2);
});

const UNREADABLE = [undefined, "", "{", "null", "[]", '{"title": 3}', '{"notification": {"title": 3, "navigate": "//x"}}'];
for (const payload of UNREADABLE) {
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

test("a button leads where it says", async () => {
  const { calls, clients } = office([]);
  const data = { url: "/me/notifications/3", acts: { rate: "/me/notifications/3?act=rate" } };
  await openNotice(clients, data, "https://m.kr", "rate");
  assert.deepEqual(calls, [{ did: "open", url: "https://m.kr/me/notifications/3?act=rate" }]);
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
