// Own pages are kept only where the office says whose they are, and shown only to whoever reads here.
import assert from "node:assert/strict";
import test from "node:test";
import { keepOwn, ownPage } from "../../pwa/ts/worker/own.ts";

const CASE = "https://m.kr/complaints/2611-000427-8";
const NOW = new Date("2026-11-23T01:00:00Z");

function storage() {
  const held = new Map<string, Map<string, Response>>();
  const open = async (name: string) => {
    const pages = held.get(name) ?? held.set(name, new Map()).get(name)!;
    return {
      put: async (url: string, page: Response) => void pages.set(url, page),
      delete: async (url: string | Request) => pages.delete(typeof url === "string" ? url : url.url),
      keys: async () => [...pages.keys()].map((url) => ({ url })),
      match: async (url: string) => pages.get(url)?.clone(),
    };
  };
  return { held, caches: { open } as unknown as CacheStorage };
}

function page(account?: string): Response {
  const headers = new Headers({ "Content-Type": "text/html; charset=utf-8", "Cache-Control": "private, no-store" });
  if (account) headers.set("Madang-Kept", account);
  return new Response('<!doctype html>\n<html lang="ko"><p>내 민원', { headers });
}

test("a page says itself when it was seen", async () => {
  const { caches } = storage();
  await keepOwn(caches, CASE, page("7"), NOW);
  const kept = await ownPage(caches, `${CASE}?from=push`, "7");
  assert.match((await kept?.text()) ?? "", /<html data-kept="2026-11-23T01:00:00.000Z" lang="ko"><p>내 민원/);
});

test("nobody else is shown it", async () => {
  const { caches } = storage();
  await keepOwn(caches, CASE, page("7"), NOW);
  assert.equal(await ownPage(caches, CASE, "8"), undefined);
  assert.equal(await ownPage(caches, CASE, ""), undefined);
});

test("a page that is not marked is not kept, nor one of many by a query", async () => {
  const { caches, held } = storage();
  await keepOwn(caches, CASE, page(), NOW);
  await keepOwn(caches, `${CASE}?before=3`, page("7"), NOW);
  assert.equal(held.size, 0);
});

test("the newest thirty stay", async () => {
  const { caches, held } = storage();
  for (let number = 0; number < 32; number++) await keepOwn(caches, `https://m.kr/complaints/${number}`, page("7"), NOW);
  await keepOwn(caches, "https://m.kr/complaints/2", page("7"), NOW);
  const kept = [...(held.get("own-7")?.keys() ?? [])];
  assert.deepEqual([kept.length, kept[0], kept.at(-1)], [30, "https://m.kr/complaints/3", "https://m.kr/complaints/2"]);
});
