// The worker keeps the shell and the page for no network, and no page about anybody.
import assert from "node:assert/strict";
import test from "node:test";
import { answerAsset, answerPage, clean, keepShell, shellPage, whose } from "../../pwa/ts/worker/shell.ts";

const ORIGIN = "https://m.kr";

function request(path: string, mode = "no-cors", method = "GET", referrer = `${ORIGIN}/me`) {
  return { url: new URL(path, ORIGIN).href, mode, method, referrer } as Request;
}

class Memory {
  readonly kept = new Map<string, string>();
  async addAll(requests: Request[]): Promise<void> {
    for (const one of requests) this.kept.set(new URL(one.url).pathname, "kept");
  }
  async match(wanted: Request | string): Promise<Response | undefined> {
    const path = typeof wanted === "string" ? wanted : new URL(wanted.url).pathname;
    const text = this.kept.get(path);
    return text === undefined ? undefined : new Response(text);
  }
}

function memory(...names: string[]) {
  const caches = new Map(names.map((name) => [name, new Memory()]));
  const storage = {
    open: async (name: string) => caches.get(name) ?? caches.set(name, new Memory()).get(name),
    keys: async () => [...caches.keys()],
    delete: async (name: string) => caches.delete(name),
  };
  return { caches, storage: storage as unknown as CacheStorage };
}

function network(answer: (() => Response) | null): void {
  globalThis.fetch = async () => {
    if (!answer) throw new TypeError("no network");
    return answer();
  };
}

test("only our own pages and built files are answered", () => {
  assert.equal(whose(request("/complaints", "navigate"), ORIGIN), "page");
  assert.equal(whose(request("/assets/app-1.js"), ORIGIN), "asset");
  assert.equal(whose(request("/complaints/1/photos/1"), ORIGIN), "other");
  assert.equal(whose(request("/complaints/new", "navigate", "POST"), ORIGIN), "filing");
  for (const act of ["supplement", "add", "objection", "correction", "reopen", "satisfaction", "more-time"])
    assert.equal(whose(request(`/complaints/2611-000427-8/${act}`, "navigate", "POST"), ORIGIN), "filing", act);
  for (const act of ["withdraw", "extension", "mend", "public"])
    assert.equal(whose(request(`/complaints/2611-000427-8/${act}`, "navigate", "POST"), ORIGIN), "form", act);
  assert.equal(whose(request("/complaints/share", "navigate", "POST"), ORIGIN), "share");
  assert.equal(whose(request("/logout", "navigate", "POST"), ORIGIN), "logout");
  assert.equal(whose(request("/login", "navigate", "POST"), ORIGIN), "form");
  assert.equal(whose(request("/complaints/new", "cors", "POST"), ORIGIN), "other");
  for (const elsewhere of ["", "https://evil.example/", "https://m.kr.evil.example/"]) {
    for (const path of ["/complaints/new", "/logout", "/login"])
      assert.equal(whose(request(path, "navigate", "POST", elsewhere), ORIGIN), "other", path + elsewhere);
  }
  assert.equal(whose(request("/complaints/share", "navigate", "POST", ""), ORIGIN), "share");
  assert.equal(whose(request("https://evil.example/assets/x", "navigate"), ORIGIN), "other");
});

test("a page that came is given as it is, and told of", async () => {
  const seen: Response[] = [];
  const answer = await answerPage(
    async () => new Response("mine"),
    async () => new Response("no network"),
    (one) => seen.push(one),
  );
  assert.equal(await answer.text(), "mine");
  assert.deepEqual(seen, [answer]);
});

test("without a network the page that says so is given", async () => {
  const { caches, storage } = memory("shell-1");
  caches.get("shell-1")?.kept.set("/offline", "no network");
  caches.get("shell-1")?.kept.set("/me/drafts?shell", "drafts");
  for (const [path, method, wanted] of [
    ["/", "GET", "no network"],
    ["/complaints/new?draft=x", "GET", "drafts"],
    ["/me/drafts", "GET", "drafts"],
    ["/complaints/2611-000427-8/supplement", "GET", "drafts"],
    ["/complaints/2611-000427-8/more-time", "GET", "drafts"],
    ["/complaints/2611-000427-8/withdraw", "GET", "no network"],
    ["/desk/field?case=2611-000427-8", "GET", "drafts"],
    ["/desk/complaints", "GET", "no network"],
    ["/complaints/new", "POST", "no network"],
  ] as const) {
    const answer = await answerPage(
      () => Promise.reject(new TypeError("no network")),
      () => shellPage(request(path, "navigate", method), storage, "shell-1"),
    );
    assert.equal(await answer.text(), wanted, `${method} ${path}`);
  }
});

test("a kept file needs no network", async () => {
  const { caches, storage } = memory("shell-1");
  caches.get("shell-1")?.kept.set("/assets/app.css", "css");
  network(null);
  assert.equal(await (await answerAsset(request("/assets/app.css"), storage, "shell-1")).text(), "css");
});

test("another version's shell goes, what others keep stays", async () => {
  const { caches, storage } = memory("shell-1", "shell-2", "drafts");
  await clean(storage, "shell-2");
  assert.deepEqual([...caches.keys()], ["shell-2", "drafts"]);
});

test("the pages for no network are fetched anew, built files may come from the browser's cache", async () => {
  const { storage } = memory();
  const asked: [string, string][] = [];
  const Plain = globalThis.Request;
  class Noted extends Plain {
    constructor(path: string, init: RequestInit) {
      super(new URL(path, ORIGIN), init);
      asked.push([path, init.cache ?? ""]);
    }
  }
  globalThis.Request = Noted as typeof Request;
  await keepShell(storage, "shell-1", ["/assets/app.css", "/offline"]);
  globalThis.Request = Plain;
  assert.deepEqual(asked, [
    ["/assets/app.css", "default"],
    ["/offline", "reload"],
  ]);
});
