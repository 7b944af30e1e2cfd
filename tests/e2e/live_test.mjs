// SPDX-License-Identifier: Apache-2.0
// A page with the tracker, the real server and a real browser: what happens on the page is in the answer to a question.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { openBrowser, runTests } from "./browser.mjs";
import { servePages } from "./recorder.mjs";
import { options } from "./samples.mjs";
import { startServer } from "./server.mjs";

const { noctule, chromium } = options();
if (!existsSync(chromium)) {
  console.log("skipped: no chromium here (./dev setup installs it)");
  process.exit(77);
}
const kPerson = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36";
const byName = (rows) => Object.fromEntries(rows);

function pagesOf(stats) {
  const strict = { "Content-Security-Policy": `default-src 'none'; script-src ${stats}; connect-src ${stats}; img-src ${stats}` };
  const page = { html: `<!doctype html><html lang=en><head><title>page</title><script defer src="${stats}/noctule.js" data-site="live.example"></script></head>
                        <body><noscript><img src="${stats}/pixel.gif?site=live.example" referrerpolicy="no-referrer-when-downgrade" alt=""></noscript></body></html>`, headers: strict };
  return () => page;
}

const tests = {
  async a_page_view_is_in_an_answer_within_two_seconds({ server, page }) {
    await page.goto("http://live.example/welcome?utm_source=whatsapp&fbclid=IwAR0123456789abcdefABCDEF", { waitUntil: "commit" });
    const { rows, ms } = await server.ask("live.example", { metrics: ["pageviews", "visitors"], dimensions: ["event:page"] }, (found) => found.length > 0);
    console.log(`        in the answer after ${ms} ms`);
    assert.deepEqual(rows, [["/welcome", 1, 1]]);
    assert.deepEqual(byName(await server.query("live.example", { metrics: ["visits"], dimensions: ["visit:private_app"] })), { whatsapp: 1 });
  },

  async what_happens_on_a_page_of_one_visit_is_of_one_visit({ server, page }) {
    await page.goto("http://live.example/a");
    await page.evaluate(() => {
      history.pushState(null, "", "/b");
      noctule("event", { name: "Order", revenue: { amount: 12.5, currency: "EUR" }, props: { plan: "pro" } });
    });
    await page.goto("http://live.example/c");
    await page.goto("about:blank");
    const { rows } = await server.ask("live.example", { metrics: ["pageviews"], dimensions: ["event:page"] }, (found) => ["/a", "/b", "/c"].every((one) => one in byName(found)));
    assert.deepEqual(byName(rows), { "/welcome": 1, "/a": 1, "/b": 1, "/c": 1 });
    await server.ask("live.example", { metrics: ["events"], dimensions: ["event:name"] }, (found) => byName(found).Order === 1);
    assert.deepEqual(await server.query("live.example", { metrics: ["visits", "visitors"] }), [[1, 1]]);
  },

  async who_objects_is_in_no_answer({ server, page }) {
    await page.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { get: () => true }));
    const told = page.waitForRequest((request) => request.url().endsWith("/api/v1/events"));
    await page.goto("http://live.example/private");
    const answer = await (await told).response();
    assert.equal(answer.status(), 202);
    assert.equal(answer.headers()["x-noctule-dropped"], "gpc");
    const metrics = await (await fetch(`${server.origin}/metrics`)).text();
    assert.match(metrics, /gpc[^\n]* [1-9]/);
    assert.deepEqual(await server.query("live.example", { metrics: ["pageviews"], filters: [["is", "event:page", ["/private"]]] }), [[0]]);
  },

  async without_scripts_the_picture_counts({ server }) {
    const other = await openBrowser(chromium, { offline: false, javaScriptEnabled: false, userAgent: kPerson, args: browserArgs });
    try {
      const page = await other.context.newPage();
      await page.goto("http://live.example/noscript");
      await server.ask("live.example", { metrics: ["pageviews"], filters: [["is", "event:page", ["/noscript"]]] }, ([[count]]) => count === 1);
    } finally {
      await other.close();
    }
  },

  async the_script_is_handed_out_with_an_etag_and_compressed({ server }) {
    const first = await fetch(`${server.origin}/noctule.js`, { headers: { "Accept-Encoding": "br" } });
    assert.equal(first.status, 200);
    assert.equal(first.headers.get("content-encoding"), "br");
    assert.match(await first.text(), /sendBeacon/);
    const again = await fetch(`${server.origin}/noctule.js`, { headers: { "If-None-Match": first.headers.get("etag") } });
    assert.equal(again.status, 304);
  },
};

let browserArgs = [];
async function main() {
  const server = await startServer(noctule, ["live.example"]);
  const site = await servePages(pagesOf(server.origin));
  browserArgs = [`--host-resolver-rules=MAP *.example ${new URL(site.origin).host}`];
  const browser = await openBrowser(chromium, { offline: false, userAgent: kPerson, args: browserArgs });
  try {
    return await runTests(browser, tests, (page) => ({ server, page })) === 0 ? 0 : 1;
  } finally {
    await browser.close();
    await site.close();
    assert.equal(await server.stop(), 0, "the server ended with an error");
  }
}

process.exitCode = await main();
