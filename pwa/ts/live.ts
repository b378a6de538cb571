// Keeps an open page up to date: hears by a stream that something on it has changed, fetches the page anew and puts in the parts
// that differ (data-part). What somebody is typing in stays as it is, and so does the place where they are reading.
import { countOnIcon } from "./later.ts";
import { all, one } from "./page.ts";

const REST_MS = 1_000; // between two renewals, however much happens
const AGAIN_MS = 5_000; // after one that failed
const BY_ITSELF = { "Madang-Unattended": "1" };

/** Whether a page is older than the versions that the stream has told of: a shared copy may be, for a moment. */
export function older(at: string, told: string): boolean {
  const has = at.split(".").map(Number);
  return told.split(".").some((version, index) => Number(version) > (has[index] ?? 0));
}

/** Whether nothing but the reader's own count of notices has changed, which comes last. */
export function onlyNotices(before: string, after: string): boolean {
  const now = after.split(".");
  const was = before.split(".");
  return now.length > 1 && now.slice(0, -1).every((version, index) => version === was[index]);
}

/** Follows what `main` names (data-follow, since data-at); what a screen reader says of a change is in data-said. */
export function follow(main: HTMLElement): void {
  const voice = document.createElement("p");
  voice.className = "hidden";
  voice.setAttribute("role", "status");
  main.append(voice);
  let source: EventSource | undefined;
  let renewing = false;
  let told = "";

  function open(): void {
    if (source || renewing || document.hidden) return;
    source = new EventSource(`${main.dataset["follow"]}&at=${main.dataset["at"]}`);
    source.addEventListener("message", (event) => {
      told = event.lastEventId;
      if (!renewing) void renew();
    });
    source.addEventListener("error", () => {
      if (source?.readyState === EventSource.CLOSED) source = undefined; // asked to leave; a look at the page asks again
    });
  }

  function close(): void {
    source?.close();
    source = undefined;
  }

  async function renew(): Promise<void> {
    renewing = true;
    while (told && older(main.dataset["at"] ?? "", told)) {
      const fresh = await fetched();
      if (fresh === "gone") return close(); // for good: not this reader's any more
      if (fresh) put(fresh);
      await new Promise((done) => setTimeout(done, fresh ? REST_MS : AGAIN_MS));
      if (document.hidden) break;
    }
    renewing = false;
    if (!source) open();
  }

  function put(fresh: HTMLElement): void {
    const before = main.dataset["at"] ?? "";
    const after = fresh.dataset["at"] ?? "";
    const other = fresh.dataset["follow"] !== main.dataset["follow"];
    main.dataset["follow"] = fresh.dataset["follow"];
    main.dataset["at"] = after;
    if (swap(document, fresh.ownerDocument)) {
      countOnIcon();
      const notices = one("[data-part=bell] .hidden")?.textContent ?? "";
      voice.textContent = onlyNotices(before, after) ? notices : (main.dataset["said"] ?? "");
    }
    if (other) close();
  }

  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  open();
}

async function fetched(): Promise<HTMLElement | "gone" | null> {
  const answer = await fetch(location.href, { headers: BY_ITSELF, cache: "no-store" }).catch(() => null);
  if (!answer || answer.status >= 429) return null;
  if (!answer.ok || answer.redirected) return "gone";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return one("main[data-follow]", page) ?? "gone";
}

/** Puts what differs in; whether anything did. */
function swap(page: Document, fresh: Document): boolean {
  let changed = false;
  for (const part of all("[data-part]", page)) {
    const next = one(`[data-part="${part.dataset["part"]}"]`, fresh);
    if (!next || face(part) === face(next) || inUse(part)) continue;
    const held = part.contains(document.activeElement) ? nameOf(document.activeElement) : null;
    const opened = all<HTMLDetailsElement>("details[open]", part).map(summaryOf);
    part.replaceChildren(...next.childNodes);
    for (const each of all<HTMLDetailsElement>("details", part)) if (opened.includes(summaryOf(each))) each.open = true;
    if (held !== null) refocus(part, held);
    changed = true;
  }
  return changed;
}

/** How a part looks: tokens differ each time, and what is folded out is the reader's affair. */
function face(part: HTMLElement): string {
  return part.innerHTML.replace(/ (value="[^"]*"|open="")/g, "");
}

/** Whether somebody is writing here, or has written. */
function inUse(part: HTMLElement): boolean {
  return all<HTMLInputElement>("textarea, select, input:not([type=hidden])", part).some(
    (control) =>
      control === document.activeElement ||
      (control.matches("select")
        ? all<HTMLOptionElement>("option", control).some((option) => option.selected !== option.defaultSelected)
        : control.value !== control.defaultValue || control.checked !== control.defaultChecked),
  );
}

const summaryOf = (each: HTMLElement) => one("summary", each)?.textContent ?? "";

function nameOf(element: Element | null): string {
  return element ? (element.getAttribute("href") ?? element.textContent ?? "") : "";
}

/** The focus stays where it was: on the same link or button, else on the part. */
function refocus(part: HTMLElement, held: string): void {
  const same = all("a, button, summary", part).find((each) => nameOf(each) === held);
  if (!same) part.tabIndex = -1;
  (same ?? part).focus({ preventScroll: true });
}
