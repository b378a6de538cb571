// Cuts the fonts of the interface out of Pretendard GOV (npm pretendard-gov 1.3.9, OFL 1.1), which is too large to depend on:
// npm run fonts fetches it, cuts, and writes fonts/*.woff2 and styles/fonts.css; npm run check fails when words lack a glyph.
// words.woff2 has the syllables of the frame, the home page and complaints: what a first visit needs. more.woff2 has the rest of
// our words and is fetched only where one of them stands. Residents' own text is set in the phone's font (styles/type.css).
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convert } from "fontverter";
import subsetFont from "subset-font";
import { scaleFont } from "./scale-font.ts";

const ROOT = join(import.meta.dirname, "../..");
// What a first visit of the home page and of a complaint says.
const FIRST = [
  "pwa/templates/layout.html",
  "pwa/templates/macros/frame.html",
  "pwa/templates/macros/page.html",
  "pwa/templates/home/front.html",
  "pwa/templates/complaints/list.html",
  "pwa/templates/complaints/complaint.html",
  "pwa/templates/complaints/deadline.html",
  "pwa/templates/complaints/answer.html",
  "server/home/rooms.py",
  "server/deadlines/clock_words.py",
  "server/complaints/showing/timeline.py",
  "server/complaints/workflow/words.py",
];
const UNITS_PER_EM = 256;
const WEIGHTS = { min: 400, max: 700 };
const LATIN = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("");
const SIGNS = "·…‘’“”–—−×→←○●※₩°~「」『』〈〉%";
const DATES = "년월일시분초오전후화수목금토어제그늘내";
// A step of handling that many cases go through; the other sentences of the rules are rare, and more.woff2 has them.
const OFTEN = "내용을 살펴보고 있습니다 부품을 준비하고 있습니다";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** The files under `path` with this ending. */
function files(path: string, ending: string): string[] {
  return readdirSync(join(ROOT, path), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(path, name));
}

/** What a file says to a reader: a template without its comments, the marked sentences of a module, the Korean of a catalogue,
    the names of a district. */
export function said(path: string, text: string): string {
  if (path.endsWith(".html")) return text.replace(/\{#[\s\S]*?#\}/g, "");
  if (path.endsWith(".py")) return (text.match(/N_\(\s*("[^"]*"\s*)+/g) ?? []).join("");
  if (path.endsWith(".po")) return text.replace(/^(msgstr|#).*$/gm, "");
  return /^\[district\][\s\S]*?(?=^\[)/m.exec(text)?.[0] ?? "";
}

function syllables(paths: string[], as = (text: string) => text): Set<string> {
  const text = paths.map((path) => said(path, as(read(path)))).join("");
  return new Set((text + DATES + OFTEN).match(/[가-힣ㄱ-ㅣ]/g) ?? []);
}

export function first(): Set<string> {
  return syllables([...FIRST, ...files("server/ordinance", ".toml")], seldom);
}

/** What no first visit shows: questions of the frame that are asked later, and the rooms of officials. */
function seldom(text: string): string {
  return text.replace(/<template data-words[\s\S]*?<\/template>/, "").replace(/^DESK: Final[\s\S]*?^\)$/m, "");
}

export function all(): Set<string> {
  return syllables([
    ...files("pwa/templates", ".html"),
    ...files("pwa/catalogues/en", ".po"),
    ...files("server/ordinance", ".toml"),
  ]);
}

function ranges(characters: Iterable<string>): string {
  const points = [...characters].map((character) => character.codePointAt(0) ?? 0).sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const point of points) {
    const last = runs.at(-1);
    if (last && last[1] === point - 1) last[1] = point;
    else runs.push([point, point]);
  }
  return runs.map(([from, to]) => `U+${from.toString(16)}${to > from ? `-${to.toString(16)}` : ""}`).join(",");
}

function face(file: string, range: string, family = "Madang"): string {
  return `@font-face {
  font-family: "${family}";
  src: url("../fonts/${file}") format("woff2");
  font-weight: ${WEIGHTS.min} ${WEIGHTS.max};
  font-display: swap;
  unicode-range: ${range};
}
`;
}

/** Residents' text takes its letters and figures from the same file, and its Hangul from the phone. */
function sheet(words: string, more: string): string {
  const faces = [
    face("words.woff2", words),
    more && face("more.woff2", more),
    face("words.woff2", "U+20-7e", "Madang Latin"),
  ];
  return `/* Made by build/fonts.ts. Change that file, not this one. */\n${faces.join("")}`;
}

async function cut(source: Buffer, characters: string): Promise<Buffer> {
  const truetype = await subsetFont(source, characters, {
    targetFormat: "sfnt",
    variationAxes: { wght: { ...WEIGHTS, default: WEIGHTS.min } },
    keepFeatures: ["tnum"],
    noHinting: true,
    dropTables: ["GPOS", "GDEF", "HVAR", "MVAR", "STAT", "BASE", "vhea", "vmtx", "VVAR", "VORG"],
  });
  return convert(scaleFont(truetype, UNITS_PER_EM), "woff2");
}

async function main(path: string): Promise<void> {
  const source = readFileSync(path);
  const here = first();
  const rest = [...all()].filter((character) => !here.has(character));
  const words = await cut(source, [...here].join("") + LATIN + SIGNS);
  const more = await cut(source, rest.join("") || " ");
  writeFileSync(join(ROOT, "pwa/fonts/words.woff2"), words);
  writeFileSync(join(ROOT, "pwa/fonts/more.woff2"), more);
  writeFileSync(join(ROOT, "pwa/styles/fonts.css"), sheet(ranges([...here, ...LATIN, ...SIGNS]), ranges(rest)));
  console.log(
    `words.woff2: ${here.size} syllables, ${words.length} bytes; more.woff2: ${rest.length} syllables, ${more.length} bytes`,
  );
}

/** The characters that styles/fonts.css says a file has. */
export function covered(sheet: string, file: string): Set<string> {
  const range = new RegExp(`${file}[\\s\\S]*?unicode-range: ([^;]+);`).exec(sheet)?.[1] ?? "";
  const runs = [...range.matchAll(/U\+([0-9a-f]+)(?:-([0-9a-f]+))?/g)];
  return new Set(
    runs.flatMap(([, from = "", to]) => {
      const first = parseInt(from, 16);
      return Array.from({ length: parseInt(to ?? from, 16) - first + 1 }, (_, step) =>
        String.fromCodePoint(first + step),
      );
    }),
  );
}

/** Fails where the fonts were cut before the words had their last form. */
function check(): void {
  const sheet = read("pwa/styles/fonts.css");
  const words = covered(sheet, "words.woff2");
  const more = covered(sheet, "more.woff2");
  const lacking = [...all()].filter((character) => !words.has(character) && !more.has(character));
  if (lacking.length > 0) throw new Error(`the fonts lack ${lacking.join("")}: run npm run fonts (see build/fonts.ts)`);
}

/** The path of the variable font, out of the package in a temporary directory. */
function fetched(): string {
  const folder = mkdtempSync(join(tmpdir(), "pretendard-"));
  const run = (command: string, ...words: string[]) =>
    execFileSync(command, words, { cwd: folder, encoding: "utf8" }).trim();
  const packed = run("npm", "pack", "--silent", "pretendard-gov@1.3.9");
  const inside = "package/dist/public/variable/PretendardGOVVariable.ttf";
  run("tar", "-xzf", packed, inside);
  return join(folder, inside);
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv[2] === "--check") check();
  else await main(process.argv[2] ?? fetched());
}
