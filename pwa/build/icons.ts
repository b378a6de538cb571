// Draws the icons of the app from one mark: the yard (ㅁ) seen from above with somebody in it, and beside it ㅏ, which makes 마.
// npm run icons writes icons/*.svg and icons/*.png; they are committed, so that a build needs no rasteriser.
import { writeFileSync } from "node:fs";
import { Resvg } from "@resvg/resvg-js";

const BLUE = "#0b50d0";

/** The letter within a square of `size`, drawn `scale` of it wide, in `ink`. */
function letter(size: number, scale: number, ink: string, dot: string): string {
  const unit = (size * scale) / 17;
  const left = (size - 16.5 * unit) / 2;
  const top = (size - 16 * unit) / 2;
  const at = (x: number, y: number) => `${(left + x * unit).toFixed(2)} ${(top + y * unit).toFixed(2)}`;
  const yard = `M${at(1.2, 3)}L${at(9.2, 3)}L${at(9.2, 13)}L${at(1.2, 13)}Z`;
  const side = `M${at(13, 0)}L${at(13, 16)}M${at(13, 8)}L${at(16.5, 8)}`;
  const [x, y] = at(5.2, 8).split(" ");
  return `<path d="${yard}${side}" fill="none" stroke="${ink}" stroke-width="${(2.4 * unit).toFixed(2)}" stroke-linejoin="round" stroke-linecap="round"/><circle cx="${x}" cy="${y}" r="${(1.75 * unit).toFixed(2)}" fill="${dot}"/>`;
}

function svg(size: number, inside: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}">${inside}</svg>\n`;
}

function ground(size: number, round: number): string {
  return `<rect width="${size}" height="${size}" rx="${size * round}" fill="${BLUE}"/>`;
}

const SIZE = 512;
const any = svg(SIZE, ground(SIZE, 0.23) + letter(SIZE, 0.6, "#fff", "#ffc95c"));
const full = svg(SIZE, ground(SIZE, 0) + letter(SIZE, 0.48, "#fff", "#ffc95c"));
const apple = svg(SIZE, ground(SIZE, 0) + letter(SIZE, 0.58, "#fff", "#ffc95c"));
const mono = svg(SIZE, letter(SIZE, 0.6, "#000", "#000"));
const badge = svg(SIZE, letter(SIZE, 0.86, "#fff", "#fff"));
const small = svg(32, `<rect width="32" height="32" rx="8" fill="${BLUE}"/>${letter(32, 0.66, "#fff", "#ffc95c")}`);

function png(source: string, size: number, name: string): void {
  const drawn = new Resvg(source, { fitTo: { mode: "width", value: size } }).render().asPng();
  writeFileSync(new URL(`../icons/${name}`, import.meta.url), drawn);
}

writeFileSync(new URL("../icons/favicon.svg", import.meta.url), small);
writeFileSync(new URL("../icons/monochrome.svg", import.meta.url), mono);
png(any, 192, "icon-192.png");
png(any, 512, "icon-512.png");
png(full, 512, "maskable-512.png");
png(apple, 180, "apple-touch-icon.png");
png(badge, 96, "badge-96.png");
