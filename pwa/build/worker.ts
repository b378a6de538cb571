// Builds ts/sw.ts into dist/sw.js: one classic script that knows this build's shell.
import { join } from "node:path";
import { build } from "vite";
import type { Shell } from "./shell.ts";

export async function buildWorker(dist: string, shell: Shell): Promise<void> {
  await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    define: {
      __SHELL__: JSON.stringify(shell.files),
      __SIGNS__: JSON.stringify(shell.signs),
      __VERSION__: JSON.stringify(shell.version),
    },
    build: {
      outDir: dist,
      emptyOutDir: false,
      target: ["es2022", "chrome109", "safari16.4", "firefox115"],
      rolldownOptions: {
        input: join("ts", "sw.ts"),
        output: { format: "iife", entryFileNames: "sw.js" },
      },
    },
  });
}
