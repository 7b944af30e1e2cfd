// SPDX-License-Identifier: Apache-2.0
// A browser with a fresh profile, which is gone when close() returns; without network unless it is asked for.
import assert from "node:assert/strict";
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

// Runs each test on a page of its own and prints how it went; gives the number that failed. given(page, problems): what a test is
// handed. levels: of the page's console that are problems. clean: a test during which a problem was seen has failed.
export async function runTests(browser, tests, given, { levels = ["error"], clean = true } = {}) {
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    const start = Date.now(), problems = [];
    const page = await browser.context.newPage();
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (line) => { if (levels.includes(line.type())) problems.push(line.text()); });
    try {
      await test(given(page, problems));
      if (clean) assert.deepEqual(problems, []);
      console.log(`ok      ${name} (${Date.now() - start} ms)`);
    } catch (error) {
      ++failed;
      console.log(`FAILED  ${name}\n${String(error.stack ?? error)}\n${problems.join("\n")}`);
    }
    await page.close();
  }
  console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
  return failed;
}
