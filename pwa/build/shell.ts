// The files that are neither script nor style: signs and icons, copied under names that say their content; and the list of
// the shell, which the service worker keeps.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";

export interface Entry {
  file: string;
  isEntry?: boolean;
}
export type Manifest = Record<string, Entry>;

export interface Shell {
  /** Addresses that the worker keeps from its installation on. */
  files: string[];
  /** What a notice carries. */
  signs: { icon: string; badge: string };
  /** Names this build by its content. */
  version: string;
}

const COPIED: Record<string, string> = {
  "icons.svg": "icons/sprite.svg",
  "favicon.svg": "icons/favicon.svg",
  "apple-touch-icon.png": "icons/apple-touch-icon.png",
  "icon-192.png": "icons/icon-192.png",
  "icon-512.png": "icons/icon-512.png",
  "maskable-512.png": "icons/maskable-512.png",
  "monochrome.svg": "icons/monochrome.svg",
  "badge-96.png": "icons/badge-96.png",
  "screen-home.png": "pictures/screen-home.png",
  "screen-complaint.png": "pictures/screen-complaint.png",
  "screen-wide.png": "pictures/screen-wide.png",
};
// What Vite names by source file; templates ask by the shorter name.
const BUILT: Record<string, string> = {
  "app.js": "ts/app.ts",
  "app.css": "styles/app.css",
  "map.css": "styles/map.css",
  "words.woff2": "fonts/words.woff2",
};
const MAP = "ts/map.ts";
const ONLINE_ONLY = new Set([MAP, "ts/passkeys.ts", "ts/sms.ts"]);
const KEPT = ["app.js", "app.css", "words.woff2", "icons.svg", "favicon.svg"];

/** Spaces and comments out of an SVG that we wrote ourselves. */
export function tightSvg(text: string): string {
  return text
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/>\s+</g, "><")
    .trim();
}

export function copyShell(dist: string): Shell {
  const path = join(dist, ".vite/manifest.json");
  const manifest = JSON.parse(readFileSync(path, "utf8")) as Manifest;
  for (const [name, source] of Object.entries(BUILT)) {
    const entry = manifest[source];
    if (!entry) throw new Error(`the build made nothing of ${source}`);
    manifest[name] = { file: entry.file };
  }
  mkdirSync(join(dist, "assets"), { recursive: true });
  for (const [name, source] of Object.entries(COPIED)) {
    const bytes = source.endsWith(".svg") ? Buffer.from(tightSvg(readFileSync(source, "utf8"))) : readFileSync(source);
    const hash = createHash("sha256").update(bytes).digest("base64url").slice(0, 8);
    const file = `assets/${name.slice(0, -extname(name).length)}-${hash}${extname(name)}`;
    writeFileSync(join(dist, file), bytes);
    manifest[name] = { file };
  }
  writeFileSync(path, JSON.stringify(manifest, null, 1));
  const address = (name: string) => `/${manifest[name]?.file}`;
  // What a page loads only where it is needed must be there without a network all the same; not what does nothing without
  // one, on pages that no phone keeps.
  const lone = Object.entries(manifest).filter(([source]) => !ONLINE_ONLY.has(source));
  const later = lone.map(([, entry]) => entry).filter((entry) => entry.file.endsWith(".js") && !entry.isEntry);
  const files = [...new Set([...KEPT.map(address), ...later.map((entry) => `/${entry.file}`)])];
  const version = createHash("sha256").update(files.join()).digest("hex").slice(0, 12);
  return { files, signs: { icon: address("icon-192.png"), badge: address("badge-96.png") }, version };
}
