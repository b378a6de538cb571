// One build for everything a phone loads: style sheet, script, signs, fonts and the service worker, each named by its content.
import type { Plugin } from "vite";
import { defineConfig } from "vite";
import { compressAll } from "./build/compress.ts";
import { copyShell } from "./build/shell.ts";
import { weigh } from "./build/weigh.ts";
import { buildWorker } from "./build/worker.ts";

function finish(): Plugin {
  return {
    name: "madang-finish",
    async closeBundle(error?: Error) {
      if (error) return;
      const shell = copyShell("dist");
      await buildWorker("dist", shell);
      compressAll("dist");
      weigh("dist");
    },
  };
}

export default defineConfig({
  publicDir: false,
  base: "/",
  build: {
    target: ["es2022", "chrome109", "safari16.4", "firefox115"],
    manifest: true,
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { app: "ts/app.ts", style: "styles/app.css", map: "styles/map.css" },
    },
  },
  plugins: [finish()],
});
