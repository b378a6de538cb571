// Writes styles/tokens.css out of KRDS (npm krds-uiux 1.1.0): our few names, KRDS's values, for light, dark and high contrast.
// The package itself is not needed to build. To run: npm pack krds-uiux@1.1.0, unpack it, then
//   node build/tokens.ts package/resources/css/token/krds_tokens.css
import { readFileSync, writeFileSync } from "node:fs";

// our name: [light, dark, high contrast], each a step of a KRDS ramp
const names: Record<string, [string, string, string]> = {
  wash: ["gray-5", "gray-95", "gray-100"],
  paper: ["gray-0", "gray-90", "gray-100"],
  "paper-2": ["gray-5", "gray-80", "gray-95"],
  masthead: ["gray-10", "gray-80", "gray-90"],
  ink: ["gray-90", "gray-5", "gray-0"],
  "ink-2": ["gray-70", "gray-20", "gray-10"],
  "ink-3": ["gray-60", "gray-30", "gray-10"],
  "on-ink": ["gray-0", "gray-100", "gray-100"],
  line: ["gray-20", "gray-70", "gray-20"],
  "line-2": ["gray-10", "gray-80", "gray-50"],
  "line-3": ["gray-60", "gray-40", "gray-10"],
  blue: ["primary-50", "primary-50", "primary-20"],
  "blue-hover": ["primary-60", "primary-60", "primary-10"],
  "on-blue": ["gray-0", "gray-0", "gray-100"],
  "blue-ink": ["primary-60", "primary-20", "primary-20"],
  "blue-pale": ["primary-5", "primary-80", "primary-90"],
  "blue-line": ["primary-20", "primary-70", "primary-30"],
  "green-ink": ["success-60", "success-20", "success-20"],
  "green-pale": ["success-5", "success-90", "success-95"],
  green: ["success-50", "success-40", "success-30"],
  "amber-ink": ["warning-60", "warning-20", "warning-20"],
  "amber-pale": ["warning-5", "warning-90", "warning-95"],
  amber: ["warning-30", "warning-30", "warning-30"],
  "red-ink": ["danger-60", "danger-20", "danger-20"],
  "red-pale": ["danger-5", "danger-90", "danger-95"],
  red: ["danger-50", "danger-40", "danger-30"],
  navy: ["secondary-70", "secondary-70", "gray-100"],
  "navy-2": ["secondary-60", "secondary-60", "gray-100"],
  "navy-ink": ["secondary-10", "secondary-10", "gray-0"],
};

const source = process.argv[2];
if (!source) throw new Error("give the path of krds_tokens.css");
const krds = readFileSync(source, "utf8");

function value(set: "light" | "high-contrast", step: string): string {
  const found = new RegExp(`--krds-color-${set}-${step}:\\s*(#[0-9a-f]{6});`).exec(krds)?.[1];
  if (!found) throw new Error(`KRDS has no ${set} ${step}`);
  return found.replace(/^#(.)\1(.)\2(.)\3$/, "#$1$2$3");
}

function block(column: 0 | 1 | 2, indent: string): string {
  const set = column === 2 ? "high-contrast" : "light";
  return Object.entries(names)
    .map(([name, steps]) => `${indent}--${name}: ${value(set, steps[column])};`)
    .join("\n");
}

writeFileSync(
  new URL("../styles/tokens.css", import.meta.url),
  `/* Made by build/tokens.ts from KRDS (krds-uiux 1.1.0). Change that file, not this one. */
:root {
  color-scheme: light;
${block(0, "  ")}
}
@media (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
${block(1, "    ")}
  }
}
:root[data-contrast="high"] {
  color-scheme: dark;
${block(2, "  ")}
}
`,
);
