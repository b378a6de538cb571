// Pages of one's own that the phone keeps to be read without a network: only those that the office marks so, only for whoever
// reads here, the newest few; all of them go at log-out.
import { ownPages } from "../drafts/store.ts";

const PAGES_MAX = 30;
const MARK = "Madang-Kept";
const AT = "Kept-At";

/** Keeps a page that is marked, under its address; older ones make room. */
export async function keepOwn(caches: CacheStorage, url: string, answer: Response, now: Date): Promise<void> {
  const account = answer.headers.get(MARK);
  if (!account || new URL(url).search) return;
  const type = answer.headers.get("Content-Type") ?? "";
  const page = new Response(await answer.clone().text(), {
    headers: { "Content-Type": type, [AT]: now.toISOString() },
  });
  const cache = await caches.open(ownPages(account));
  await cache.delete(url);
  await cache.put(url, page);
  const kept = await cache.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - PAGES_MAX))) await cache.delete(old);
}

/** The kept page, saying itself when it was seen (`data-kept`); undefined where there is none for this reader. */
export async function ownPage(caches: CacheStorage, url: string, account: string): Promise<Response | undefined> {
  if (!account) return undefined;
  const { origin, pathname } = new URL(url);
  const kept = await (await caches.open(ownPages(account))).match(origin + pathname);
  if (!kept) return undefined;
  const page = (await kept.text()).replace("<html ", `<html data-kept="${kept.headers.get(AT)}" `);
  return new Response(page, { headers: { "Content-Type": kept.headers.get("Content-Type") ?? "text/html" } });
}
