// What a first visit weighs over the wire. Better no new build than one that a phone on the underground must wait for.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "./shell.ts";

const KB_MAX = 75;
const HTML_KB = 8; // pages are made by the server; this is what they may weigh
const FIRST_VISIT = ["app.css", "app.js", "icons.svg", "words.woff2"];
const WORKER_KB_MAX = 5;

function kilobytes(path: string): number {
  return statSync(path).size / 1000;
}

/** Prints the weights; throws where the shell has become too heavy. */
export function weigh(dist: string): void {
  const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8")) as Manifest;
  const parts = FIRST_VISIT.map((name): [string, number] => {
    const path = join(dist, manifest[name]?.file ?? name);
    return [name, kilobytes(name.endsWith("woff2") ? path : `${path}.br`)];
  });
  const worker = kilobytes(join(dist, "sw.js.br"));
  const sum = parts.reduce((whole, [, weight]) => whole + weight, 0);
  const rows = parts.map(([name, weight]) => `${name} ${weight.toFixed(1)}`).join(", ");
  console.log(`first visit without its page: ${sum.toFixed(1)} kB (${rows}); worker ${worker.toFixed(1)} kB`);
  if (sum > KB_MAX - HTML_KB) throw new Error(`the shell weighs ${sum.toFixed(1)} kB, more than ${KB_MAX - HTML_KB}`);
  if (worker > WORKER_KB_MAX) throw new Error(`the worker weighs ${worker.toFixed(1)} kB, more than ${WORKER_KB_MAX}`);
}

if (process.argv[1] === import.meta.filename) weigh("dist");
