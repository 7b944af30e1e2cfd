// SPDX-License-Identifier: Apache-2.0
// A browser without network, and samples to look at. Everything is gone when close() returns.
import { chromium } from "playwright-core";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export function options() {
  const out = {};
  for (let i = 2; i < process.argv.length; i += 2) out[process.argv[i].replace(/^--/, "")] = process.argv[i + 1];
  return out;
}

export function renderSamples(program) {
  const folder = mkdtempSync(join(tmpdir(), "noctule-samples-"));
  execFileSync(program, [folder], { stdio: ["ignore", "ignore", "inherit"] });
  return { folder, url: (name) => pathToFileURL(join(folder, `${name}.html`)).href, remove: () => rmSync(folder, { recursive: true }) };
}

export async function openBrowser(executablePath) {
  const profile = mkdtempSync(join(tmpdir(), "noctule-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath, headless: true, offline: true, timeout: 30_000,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"],
  });
  context.setDefaultTimeout(5_000);
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
