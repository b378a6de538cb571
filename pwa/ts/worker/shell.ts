// What the worker keeps: the shell of this build and the page that says there is no network. Never a page about anybody.

export type Kind = "page" | "asset" | "other";

/** Which requests are ours to answer. */
export function whose(request: Pick<Request, "method" | "mode" | "url">, origin: string): Kind {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== origin) return "other";
  if (request.mode === "navigate") return "page";
  return url.pathname.startsWith("/assets/") ? "asset" : "other";
}

export async function keepShell(caches: CacheStorage, name: string, files: string[]): Promise<void> {
  const cache = await caches.open(name);
  await cache.addAll(
    files.map(
      (file) => new Request(file, { cache: "reload", credentials: file === "/offline" ? "omit" : "same-origin" }),
    ),
  );
}

/** Other versions of the shell go; what other parts keep stays. */
export async function clean(caches: CacheStorage, name: string): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((other) => other.startsWith("shell-") && other !== name).map((other) => caches.delete(other)),
  );
}

/** Pages come from the network; without one, the page that says so. */
export async function answerPage(request: Request, caches: CacheStorage, name: string): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    const cache = await caches.open(name);
    return (await cache.match("/offline")) ?? Response.error();
  }
}

/** Built files have their content in their name, so a kept one is never stale. */
export async function answerAsset(request: Request, caches: CacheStorage, name: string): Promise<Response> {
  const cache = await caches.open(name);
  return (await cache.match(request)) ?? fetch(request);
}
