// SPDX-License-Identifier: Apache-2.0
// A browser with a fresh profile, which is gone when close() returns; without network unless it is asked for.
import { chromium } from "playwright-core";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export async function openBrowser(executablePath, { offline = true, args = [], ...more } = {}) {
  const profile = mkdtempSync(join(tmpdir(), "noctule-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath, headless: true, offline, timeout: 30_000, ...more,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync", ...args],
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
