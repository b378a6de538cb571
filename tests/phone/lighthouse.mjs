// Lighthouse on each address that stands on a line of standard input; one line of JSON a page.
// LIGHTHOUSE names the folder that it was installed in, CHROMIUM the browser.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const installed = createRequire(`${process.env.LIGHTHOUSE}/package.json`);
const { default: lighthouse } = await import(pathToFileURL(installed.resolve("lighthouse")).href);
const launcher = await import(pathToFileURL(installed.resolve("chrome-launcher")).href);

const chrome = await launcher.launch({
  chromePath: process.env.CHROMIUM,
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"],
});
try {
  for await (const url of createInterface({ input: process.stdin })) {
    const { lhr } = await lighthouse(url, { port: chrome.port, logLevel: "error", locale: "en" });
    const scores = Object.fromEntries(
      Object.entries(lhr.categories).map(([id, { score }]) => [id, Math.round((score ?? 0) * 100)]),
    );
    const faults = Object.values(lhr.categories)
      .flatMap(({ auditRefs }) => auditRefs.filter(({ weight }) => weight > 0))
      .map(({ id }) => lhr.audits[id])
      .filter(({ score }) => score !== null && score < 0.9)
      .map(({ id, title, displayValue, details }) => ({
        id,
        title,
        shown: displayValue ?? "",
        where: (details?.items ?? []).slice(0, 3).map((item) => item.node?.snippet ?? item.description ?? item.url ?? ""),
      }));
    console.log(JSON.stringify({ url, scores, faults, error: lhr.runtimeError?.message ?? null }));
  }
} finally {
  chrome.kill();
}
