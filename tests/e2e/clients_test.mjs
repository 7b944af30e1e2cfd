// SPDX-License-Identifier: Apache-2.0
// Clients of other products, as their projects publish them, send to a noctule server; what arrived is asked for by query. Plausible's
// run in a browser, Umami's and Matomo's in node; GoatCounter publishes none to npm, so its picture and its API are used as its
// documentation shows them.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { openBrowser, runTests } from "./browser.mjs";
import { servePages } from "./recorder.mjs";
import { options } from "./samples.mjs";
import { startServer } from "./server.mjs";

const { noctule, chromium, packages } = options();
if (!existsSync(chromium)) {
  console.log("skipped: no chromium here (./dev setup installs it)");
  process.exit(77);
}
const require = createRequire(join(packages, "index.js"));
const kPerson = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36";
const html = (body) => ({ html: `<!doctype html><html lang=en><title>page</title>${body}</html>` });
const byName = (rows) => Object.fromEntries(rows.map(([name, ...numbers]) => [name, numbers.length === 1 ? numbers[0] : numbers]));

// A file of an npm package, as a browser asks for it: modules of older packages leave ".js" out.
function packageFile(path) {
  const file = [path, `${path}.js`].map((one) => join(packages, "node_modules", one)).find((one) => existsSync(one) && one.endsWith(".js"));
  return file && { html: readFileSync(file, "utf8"), headers: { "Content-Type": "text/javascript" } };
}

function pagesOf(stats) {
  const pages = {
    "/favicon.ico": html(""),
    "/plausible": html(`<a id=out href="http://elsewhere.example/x">out</a><a id=file href="/a.pdf">file</a>
      <script type=module>import { init, track } from "/@plausible-analytics/tracker/plausible.js";
        init({ domain: "plausible.example", endpoint: "${stats}/api/event", outboundLinks: true, fileDownloads: true });
        window.track = track;</script>`),
    "/old": html(`<script type=module>import Plausible from "/plausible-tracker/build/module/index.js";
        const { trackPageview, trackEvent } = Plausible({ domain: "old.example", apiHost: "${stats}" });
        trackPageview({}, { callback: () => trackEvent("Old signup", { props: { plan: "pro" }, callback: () => { document.title = "done"; } }) });</script>`),
    "/goat": html(`<img src="${stats}/count?p=/goat&t=Goat&r=https%3A%2F%2Fnews.example.net%2Fitem&q=%3Futm_source%3Dsignal&s=1920,1080,1&e=false&b=0" alt="">
        <img src="${stats}/count?p=goat-event&e=true" alt="">`),
  };
  return (path) => pages[path] ?? packageFile(path);
}

const tests = {
  async plausible_in_a_browser({ server, page, kinds }) {
    await page.goto("http://plausible.example/plausible?utm_source=newsletter", { referer: "http://news.example.net/item?id=1" });
    await page.waitForFunction(() => window.track);
    await page.evaluate(() => new Promise((resolve) => window.track("Purchase", { props: { method: "card" }, revenue: { amount: 12.5, currency: "EUR" }, callback: resolve })));
    await page.evaluate(() => addEventListener("click", (event) => event.preventDefault()));
    for (const id of ["out", "file"]) await page.click(`#${id}`);
    await page.evaluate(() => history.pushState(null, "", "/second"));
    const { rows } = await server.ask("plausible.example", { metrics: ["events"], dimensions: ["event:name"] }, 
      (found) => ["Purchase", "Outbound Link: Click", "File Download"].every((one) => one in byName(found)) && byName(found).pageview >= 2);
    assert.deepEqual(kinds(rows), { pageview: 2, Purchase: 1, "Outbound Link: Click": 1, "File Download": 1 });
    assert.deepEqual(byName(await server.query("plausible.example", { metrics: ["pageviews"], dimensions: ["event:page"], filters: [["is", "event:name", ["pageview"]]] })), { "/plausible": 1, "/second": 1 });
    assert.deepEqual(await server.query("plausible.example", { metrics: ["visitors", "visits"] }), [[1, 1]]);
    assert.deepEqual(byName(await server.query("plausible.example", { metrics: ["visits"], dimensions: ["visit:utm_source"] })), { newsletter: 1 });
    assert.deepEqual(byName(await server.query("plausible.example", { metrics: ["events"], dimensions: ["event:props:method"], filters: [["is", "event:goal", ["Purchase"]]] })), { card: 1 });
  },

  async plausibles_older_client_in_a_browser({ server, page }) {
    await page.goto("http://old.example/old");
    await page.waitForFunction(() => document.title === "done");
    const { rows } = await server.ask("old.example", { metrics: ["events"], dimensions: ["event:props:plan"], filters: [["is", "event:name", ["Old signup"]]] }, (found) => found.length > 0);
    assert.deepEqual(byName(rows), { pro: 1 });
    assert.deepEqual(await server.query("old.example", { metrics: ["pageviews", "visits"] }), [[1, 1]]);
  },

  async umami_in_node({ server }) {
    const { umami_website: websiteId } = server.sites["umami.example"];
    const { Umami } = require("@umami/node");
    const client = new Umami({ websiteId, hostUrl: server.origin });
    assert.equal((await client.track({ url: "/home", hostname: "umami.example", referrer: "https://news.example.net/item", title: "Home" })).status, 200);
    const answer = await (await client.track("signup", { plan: "pro" })).json();
    assert.equal(typeof answer.sessionId, "string");
    assert.equal((await client.identify({ email: "ada@example.org" })).headers.get("x-noctule-dropped"), "identity");
    const batch = await fetch(`${server.origin}/api/batch`, { method: "POST", headers: { "Content-Type": "application/json", "User-Agent": kPerson },
      body: JSON.stringify([1, 2].map((n) => ({ type: "event", payload: { website: websiteId, hostname: "umami.example", url: `/batch/${n}` } }))) });
    assert.equal((await batch.json()).processed, 2);
    const { rows } = await server.ask("umami.example", { metrics: ["events"], dimensions: ["event:name"] }, (found) => byName(found).pageview === 3 && byName(found).signup === 1);
    assert.equal(rows.length, 2);
    assert.deepEqual(byName(await server.query("umami.example", { metrics: ["pageviews"], dimensions: ["event:page"], filters: [["is", "event:name", ["pageview"]]] })), { "/home": 1, "/batch/1": 1, "/batch/2": 1 });
  },

  async matomo_in_node({ server }) {
    const { matomo_idsite: id } = server.sites["matomo.example"];
    const MatomoTracker = require("matomo-tracker");
    const client = new MatomoTracker(id, `${server.origin}/matomo.php`);
    const problems = [];
    client.on("error", (error) => problems.push(error));
    client.track("http://matomo.example/plain");
    client.track({ url: "http://matomo.example/told?mtm_campaign=spring", action_name: "Told", ua: kPerson, urlref: "https://duckduckgo.com/" });
    client.track({ url: "http://matomo.example/told", e_c: "Videos", e_a: "Play", e_n: "Bats", ua: kPerson });
    const answer = await new Promise((resolve) => client.trackBulk([
      { url: "http://matomo.example/bulk/1", ua: kPerson }, { url: "http://matomo.example/done", idgoal: 0, ec_id: "A-17", revenue: 49.9, ua: kPerson }, { url: "http://other.example/", ua: kPerson }], resolve));
    assert.deepEqual(JSON.parse(answer), { status: "success", tracked: 3, invalid: 0, invalid_indices: [] });
    const { rows } = await server.ask("matomo.example", { metrics: ["events"], dimensions: ["event:name"] }, (found) => byName(found).pageview === 3 && Object.keys(byName(found)).length === 3);
    assert.deepEqual(byName(rows), { pageview: 3, "Videos: Play": 1, Order: 1 });
    assert.deepEqual(problems, []);
  },

  async goatcounter_as_its_documentation_shows({ server, page }) {
    await page.goto("http://goat.example/goat");
    const key = server.addKey("backend", "--scope", "collect", "--site", "goat.example");
    const count = (token, hits) => fetch(`${server.origin}/api/v0/count`, { method: "POST", headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` }, body: JSON.stringify({ no_sessions: true, hits }) });
    assert.equal((await count(key, [{ path: "/one" }, { path: "/two", user_agent: kPerson, ip: "192.0.2.7" }, { path: "from-api", event: true }])).status, 202);
    const { rows } = await server.ask("goat.example", { metrics: ["events"], dimensions: ["event:name"] }, (found) => byName(found).pageview === 3 && Object.keys(byName(found)).length === 3);
    assert.deepEqual(byName(rows), { pageview: 3, "goat-event": 1, "from-api": 1 });
    assert.deepEqual(byName(await server.query("goat.example", { metrics: ["pageviews"], dimensions: ["event:page"], filters: [["is", "event:name", ["pageview"]]] })), { "/goat": 1, "/one": 1, "/two": 1 });
  },
};

async function main() {
  const server = await startServer(noctule, ["plausible.example", "old.example", "umami.example", "matomo.example", "goat.example"]);
  const site = await servePages(pagesOf(server.origin));
  // The clients count no pages of localhost and none that a program steers: the pages have names, and the browser says nothing.
  const browser = await openBrowser(chromium, { offline: false, userAgent: kPerson,
    args: [`--host-resolver-rules=MAP *.example ${new URL(site.origin).host}`, "--disable-blink-features=AutomationControlled"] });
  try {
    // Engagement depends on how long the browser took: what else happened is compared.
    const kinds = (rows) => { const { engagement, ...rest } = byName(rows); return rest; };
    return await runTests(browser, tests, (page) => ({ server, page, kinds }), { levels: ["error", "warning"] }) === 0 ? 0 : 1;
  } finally {
    await browser.close();
    await site.close();
    assert.equal(await server.stop(), 0, "the server ended with an error");
  }
}

process.exitCode = await main();
