// SPDX-License-Identifier: Apache-2.0
// A browser without network and with a fresh profile, which is gone when close() returns.
import { chromium } from "playwright-core";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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
