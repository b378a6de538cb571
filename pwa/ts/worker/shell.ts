// What the worker keeps for everybody: the shell of this build and the pages for no network. Never a page about anybody.

import { ADDED, SENT_TO } from "../drafts/draft.ts";

export type Kind = "page" | "asset" | "filing" | "share" | "logout" | "form" | "other";

/** Made by the office as of nobody, in the reader's language. */
export const SHELL_PAGES = ["/offline", "/me/drafts?shell"];
const filed = (path: string) => path === SENT_TO || ADDED.test(path);
const DRAFTS = new Set(["/me/drafts", "/desk/field"]);
const POSTED: Record<string, Kind> = { "/complaints/share": "share", "/logout": "logout" };
const DAY_MS = 86_400_000;

/** Which requests are ours to answer. What other sites post goes by: the office must see that it comes from elsewhere, and
    nothing of it may be kept here and sent again as if it were ours. A share comes from the phone itself, from no page. */
export function whose(request: Pick<Request, "method" | "mode" | "referrer" | "url">, origin: string): Kind {
  const url = new URL(request.url);
  if (url.origin !== origin) return "other";
  if (request.mode === "navigate" && request.method === "POST") {
    const kind = POSTED[url.pathname] ?? (filed(url.pathname) ? "filing" : "form");
    return kind === "share" || request.referrer.startsWith(`${origin}/`) ? kind : "other";
  }
  if (request.method !== "GET") return "other";
  if (request.mode === "navigate") return "page";
  return url.pathname.startsWith("/assets/") ? "asset" : "other";
}

/** Built files may come from the browser's own cache, which has just fetched them for the page. */
export async function keepShell(caches: CacheStorage, name: string, files: string[]): Promise<void> {
  const cache = await caches.open(name);
  await cache.addAll(
    files.map((file) => new Request(file, { cache: file.startsWith("/assets/") ? "default" : "reload" })),
  );
}

/** Once a day, when there is a network anyway, the shell's pages are fetched anew: topics and telephone numbers change. */
export async function renewShell(caches: CacheStorage, name: string, now: number): Promise<void> {
  const cache = await caches.open(name);
  const kept = await cache.match(SHELL_PAGES[0] ?? "");
  const date = Date.parse(kept?.headers.get("Date") ?? "");
  if (now - date > DAY_MS) await keepShell(caches, name, SHELL_PAGES);
}

/** Other versions of the shell go; what other parts keep stays. */
export async function clean(caches: CacheStorage, name: string): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((other) => other.startsWith("shell-") && other !== name).map((other) => caches.delete(other)),
  );
}

/** Pages come from the network; without one, from what is kept. `seen` is told of those that came. */
export async function answerPage(
  network: () => Promise<Response>,
  offline: () => Promise<Response>,
  seen: (answer: Response) => void = () => undefined,
): Promise<Response> {
  let answer: Response;
  try {
    answer = await network();
  } catch {
    return offline();
  }
  seen(answer);
  return answer;
}

/** The page that says that there is no network; where drafts are written or listed, the one that can do it without. */
export async function shellPage(
  request: Pick<Request, "method" | "url">,
  caches: CacheStorage,
  name: string,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  const drafts = request.method === "GET" && (DRAFTS.has(pathname) || filed(pathname));
  const cache = await caches.open(name);
  return (await cache.match((drafts ? SHELL_PAGES[1] : SHELL_PAGES[0]) ?? "")) ?? Response.error();
}

/** Built files have their content in their name, so a kept one is never stale. */
export async function answerAsset(request: Request, caches: CacheStorage, name: string): Promise<Response> {
  const cache = await caches.open(name);
  return (await cache.match(request)) ?? fetch(request);
}
