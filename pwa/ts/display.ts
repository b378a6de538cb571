// Text size and contrast change under the reader's eyes; the link behind each choice still keeps it in a cookie.
import { all } from "./page.ts";

export function followDisplay(): void {
  for (const name of ["text", "contrast"] as const) {
    const links = all<HTMLAnchorElement>(`[data-set-${name}]`);
    for (const link of links) {
      link.addEventListener("click", async (event) => {
        event.preventDefault();
        const value = link.getAttribute(`data-set-${name}`) ?? "";
        document.documentElement.setAttribute(`data-${name}`, value);
        for (const other of links) {
          if (other.getAttribute(`data-set-${name}`) === value) other.setAttribute("aria-current", "true");
          else other.removeAttribute("aria-current");
        }
        await fetch(link.href, { redirect: "manual" }).catch(() => undefined);
      });
    }
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape")
      for (const open of all<HTMLDetailsElement>("details[data-display][open]")) open.open = false;
  });
  document.addEventListener("click", (event) => {
    for (const open of all<HTMLDetailsElement>("details[data-display][open]")) {
      if (event.target instanceof Node && !open.contains(event.target)) open.open = false;
    }
  });
}
