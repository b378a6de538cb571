// What becomes of a draft with each answer: nothing is lost, nothing goes twice, and why it is still here is said.
import assert from "node:assert/strict";
import test from "node:test";
import {
  after,
  aimOf,
  begun,
  bodyOf,
  type Draft,
  inOrder,
  isEmpty,
  photosOf,
  takenUp,
  valueOf,
  whole,
  wordsOf,
  written,
} from "../../pwa/ts/drafts/draft.ts";
import { lock, locked, newKey, unlock, unlocked } from "../../pwa/ts/drafts/locked.ts";

const KEY = "8f1c2d3e-0000-4000-8000-000000000001";
const DAY = 86_400_000;

function photo(name: string, ...bytes: number[]): File {
  return new File([new Uint8Array(bytes)], name, { type: "image/jpeg" });
}

async function filled(change: (form: FormData) => void = () => undefined, before?: Draft): Promise<Draft> {
  const form = new FormData();
  form.append("csrf_token", "old");
  form.append("form_key", KEY);
  form.append("title", "가로등");
  form.append("body", "꺼졌습니다");
  form.append("password", "secret");
  change(form);
  return { ...(await written(form, before ?? begun(KEY, "7", 1), 2)), state: "waiting" };
}

const answer = (status: number, ...reasons: string[]) => ({ status, location: null, reasons });

test("tokens and passwords are not kept", async () => {
  const draft = await filled();
  assert.deepEqual(draft.fields, [
    ["title", "가로등"],
    ["body", "꺼졌습니다"],
  ]);
});

test("a photo beside those at the office is kept once, however often its words change", async () => {
  const before = await filled((form) => {
    form.append("photos", photo("a.jpg", 1, 2, 3));
    form.append("photos", photo("b.jpg", 4, 5));
  });
  const partly = (form: FormData) => {
    form.append("kept", "a");
    form.append("photos", photo("b.jpg", 4, 5));
  };
  const once = await filled(partly, before);
  const twice = await filled(partly, once);
  for (const draft of [once, twice])
    assert.deepEqual(
      photosOf(draft).map((each) => each.name),
      ["a.jpg", "b.jpg"],
    );
});

test("each sending says the very same under the same key, with a fresh token", async () => {
  const draft = await filled((form) => {
    form.append("look", "y");
    form.append("photos", photo("a.jpg", 1, 2, 3));
    form.append("photos", new File([], ""));
  });
  const sent = [...bodyOf(draft, "fresh")];
  assert.deepEqual(
    sent.map(([name, value]) => [name, typeof value === "string" ? value : [value.name, value.size]]),
    [
      ["csrf_token", "fresh"],
      ["form_key", KEY],
      ["title", "가로등"],
      ["body", "꺼졌습니다"],
      ["look", "y"],
      ["photos", ["a.jpg", 3]],
      ["photos", ["", 0]],
    ],
  );
});

test("filed: what was written goes, the way to it stays", async () => {
  const draft = await filled((form) => form.append("photos", photo("a.jpg", 1)));
  const sent = after(draft, { status: 200, location: "/complaints/2611-000427-8", reasons: [] }, 9);
  assert.deepEqual([sent.state, sent.link, sent.fields], ["sent", "/complaints/2611-000427-8", [["title", "가로등"]]]);
  assert.equal(photosOf(sent).length, 0);
});

const kept: [string, Parameters<typeof after>[1], Partial<Draft>][] = [
  ["no answer: it may have arrived, and goes again", null, { state: "waiting", unsure: true, status: 0 }],
  ["401: it waits for its owner", answer(401), { state: "waiting", status: 401 }],
  ["403: refused, kept", answer(403, "권한"), { state: "refused", status: 403, reasons: ["권한"] }],
  ["409: refused, kept", answer(409), { state: "refused", status: 409 }],
  ["413: refused, kept", answer(413, "너무 큽니다"), { state: "refused", status: 413, reasons: ["너무 큽니다"] }],
  ["422: refused, with what is wrong", answer(422, "제목"), { state: "refused", status: 422, reasons: ["제목"] }],
  ["429: a little later", answer(429), { state: "waiting", status: 429 }],
  ["500: nobody knows, so it goes again", answer(500), { state: "waiting", unsure: true, status: 500 }],
];

for (const [name, given, wanted] of kept) {
  test(name, async () => {
    const draft = await filled((form) => form.append("photos", photo("a.jpg", 1)));
    const next = after(draft, given, 9);
    for (const [part, value] of Object.entries(wanted)) assert.deepEqual(next[part as keyof Draft], value, part);
    assert.deepEqual([next.key, next.fields, photosOf(next).length], [KEY, draft.fields, 1]);
  });
}

test("what may have arrived stays in doubt until the office says so", async () => {
  const doubtful = after(await filled(), null, 3);
  assert.equal(after(doubtful, answer(401), 4).unsure, true);
  assert.equal(after(doubtful, { status: 200, location: "/complaints/1", reasons: [] }, 4).unsure, false);
});

test("asked whether another is the same, it goes again without the question", async () => {
  const next = after(await filled((form) => form.append("look", "y")), answer(200), 3);
  assert.deepEqual([next.state, valueOf(next, "look")], ["waiting", ""]);
});

test("copies at the office are named as they were; refused, the photos themselves go next", async () => {
  const first = await filled((form) => form.append("photos", photo("a.jpg", 1, 2)));
  const again = await filled((form) => {
    form.append("kept", "key-of-a");
    form.append("photos", new File([], ""));
  }, first);
  assert.equal(photosOf(again).length, 1);
  assert.deepEqual(
    [...bodyOf(again, "t")].filter(([name]) => name === "kept" || name === "photos").map(([name]) => name),
    ["kept", "photos"],
  );
  const refused = after(again, answer(422), 3);
  assert.equal(valueOf(refused, "kept"), "");
  assert.deepEqual(
    refused.files.map((file) => file.name),
    ["a.jpg"],
  );
});

test("taken up again it is the same form, or another one where that was used up", async () => {
  const draft = await filled();
  assert.equal(takenUp(after(draft, answer(422), 3), () => "new").key, KEY);
  assert.equal(takenUp(after(draft, answer(409), 3), () => "new").key, "new");
});

test("what is empty is not kept; what is old goes", async () => {
  assert.ok(isEmpty(begun(KEY, "7", 1)));
  assert.ok(!isEmpty(await filled()));
  const [sent, waiting] = [{ ...begun("a", "7", 0), state: "sent" as const }, begun("b", "7", 0)];
  assert.deepEqual(inOrder([sent, waiting], 6 * DAY), [sent, waiting]);
  assert.deepEqual(inOrder([sent, waiting], 8 * DAY), [waiting]);
  assert.deepEqual(inOrder([sent, waiting], 91 * DAY), []);
});

for (const name of ["title", "body", "place", "text", "score", "word"]) {
  test(`${name} alone is enough to be kept, blanks are not`, async () => {
    const only = async (value: string) => {
      const form = new FormData();
      form.append(name, value);
      return written(form, begun(KEY, "7", 1), 2);
    };
    assert.ok(!isEmpty(await only("3")));
    assert.ok(isEmpty(await only(" \n")));
  });
}

test("a rating may be without words, and has room for as many as its own form", () => {
  assert.deepEqual(wordsOf("satisfaction", 500), { name: "word", required: false, most: 500 });
  for (const act of ["supplement", "add", "objection", "correction", "reopen", "more-time"])
    assert.deepEqual(wordsOf(act, 500), { name: "text", required: true, most: 0 }, act);
});

test("a draft of the version before is a complaint, and says so now", async () => {
  const { to: _, shape: __, ...old } = await filled();
  const today = whole(old as Draft);
  assert.deepEqual([today.to, today.shape, today.fields], ["/complaints/new", 1, old.fields]);
  assert.equal(whole(begun(KEY, "7", 1, "/complaints/2611-000427-8/add")).to, "/complaints/2611-000427-8/add");
});

for (const [to, act, number] of [
  ["/complaints/new", "", ""],
  ["/complaints/2611-000427-8/supplement", "supplement", "2611-000427-8"],
  ["/complaints/2611-000427-8/objection", "objection", "2611-000427-8"],
  ["/complaints/2611-000427-8/more-time", "more-time", "2611-000427-8"],
  ["/desk/field/2611-000427-8", "visit", "2611-000427-8"],
] as const) {
  test(`what is sent to ${to}`, () => assert.deepEqual(aimOf({ to }), { act, number }));
}

test("locked, nothing of what was written can be read, and opened it is as it was", async () => {
  const draft = await filled((form) => {
    form.append("text", "기둥이 기울었습니다");
    form.append("photos", photo("a.jpg", 7, 8, 9));
    form.append("photos", new File([], ""));
  });
  const kept = await locked(draft);
  assert.deepEqual([kept.fields, kept.spare], [[], []]);
  assert.equal(kept.lock?.key.extractable, false);
  await assert.rejects(crypto.subtle.exportKey("raw", kept.lock!.key));
  assert.ok(!Buffer.from(kept.lock!.words).includes("기둥"));
  assert.notDeepEqual([...new Uint8Array(kept.files[0]!.bytes)].slice(-3), [7, 8, 9]);
  const open = await unlocked(kept);
  assert.deepEqual(open.fields, draft.fields);
  assert.deepEqual(
    photosOf(open).map(({ name, bytes }) => [name, ...new Uint8Array(bytes)]),
    [["a.jpg", 7, 8, 9]],
  );
  const sent = after(kept, { status: 200, location: "/desk/complaints/1/memos", reasons: [] }, 9);
  assert.deepEqual([sent.lock, sent.files, valueOf(sent, "title")], [undefined, [], ""]);
  const refused = takenUp(after(kept, answer(409), 9), () => "new");
  assert.deepEqual([refused.key, (await unlocked(refused)).fields], ["new", draft.fields]);
});

test("each draft has a key of its own, and another opens nothing", async () => {
  const [one, other] = [await locked(await filled()), await locked(await filled())];
  await assert.rejects(unlocked({ ...one, lock: { ...one.lock!, key: other.lock!.key } }));
  const key = await newKey();
  const box = await lock(key, new Uint8Array([1]), "7 a");
  assert.deepEqual([...new Uint8Array(await unlock(key, box, "7 a"))], [1]);
  await assert.rejects(unlock(key, box, "7 b"));
});
