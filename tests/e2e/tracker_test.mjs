// SPDX-License-Identifier: Apache-2.0
// The tracker in a browser: what it sends, when, and what it never does. The pages are on one server, the script and what it sends on
// another, as in life; time is the test's.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { openBrowser, runTests } from "./browser.mjs";
import { recordEvents, servePages } from "./recorder.mjs";
import { options } from "./samples.mjs";

const { chromium, script } = options();
if (!existsSync(chromium)) {
  console.log("skipped: no chromium here (./dev setup installs it)");
  process.exit(77);
}

const tag = (stats, attributes = "") => `<script defer src="${stats}/noctule.js" data-site="example.org" ${attributes}></script>`;
const html = (head, body = "") => ({ html: `<!doctype html><html lang=en><head><title>page</title>${head}</head><body>${body}</body></html>` });
const kTall = "<div style='height:3000px'>tall</div>";

function pagesOf(stats) {
  const strict = `default-src 'none'; script-src ${stats}; connect-src ${stats}; img-src ${stats}`;
  return (path) => ({
    "/": html(tag(stats), "<a id=next href='/second'>next</a>" + kTall),
    "/second": html(tag(stats), "second"),
    "/strict": { ...html(tag(stats), "strict"), headers: { "Content-Security-Policy": strict } },
    "/hash": html(tag(stats, "data-hash")),
    "/manual": html(tag(stats, "data-manual")),
    "/host-only": html(`<script defer src="${stats}/noctule.js"></script>`),
    "/queue": html(`<script>window.noctule = window.noctule || function () { (noctule.q = noctule.q || []).push(arguments) };
                    noctule("event", { name: "early", props: { a: 1 } })</script>` + tag(stats)),
    "/plausible": html(`<script>window.plausible = window.plausible || function () { (window.plausible.q = window.plausible.q || []).push(arguments) };
                        plausible("early")</script><script defer data-domain="example.org" src="${stats}/noctule.js"></script>`),
    "/links": html(tag(stats), `<a id=out href="http://127.0.0.2:9/x?secret=1"><b>out</b></a><a id=file href="/report.PDF?token=1">file</a>
                    <a id=inner href="/second">inner</a><a id=mail href="mailto:ada@example.org">mail</a>`),
    "/plain": html("", "no tracker here"),
    "/module": html(`<script type=module>import { init } from "${stats}/index.js";
                     window.track = init({ api: "${stats}/api/v1/events", site: "example.org" });</script>`),
    "/noscript": html("", `<noscript><img src="${stats}/pixel.gif?site=example.org" referrerpolicy="no-referrer-when-downgrade" alt=""></noscript>`),
  }[path]);
}

const show = (page, state) => page.evaluate((value) => {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => value });
  document.dispatchEvent(new Event("visibilitychange"));
}, state);
// A clock that stands still until it is told to go on: the tracker reads the time from Date.now alone.
const stopClock = (page) => page.addInitScript(() => {
  window.clockMs = Date.now();
  Date.now = () => window.clockMs;
});
const advanceClock = (page, ms) => page.evaluate((value) => { window.clockMs += value; }, ms);
const kinds = (events) => events.map((one) => one.type);

const tests = {
  async a_page_view_says_which_page_from_where_and_how_wide({ page, site, stats }) {
    await page.goto(`${site.origin}/plain`);
    await page.goto(`${site.origin}/second?x=1#part`, { referer: `${site.origin}/plain` });
    const [event] = await stats.count(1);
    assert.match(event.id, /^[0-9a-z]{10,40}$/);
    assert.deepEqual({ ...event, id: 0 }, { type: "pageview", id: 0, site: "example.org", url: `${site.origin}/second?x=1#part`, hash: false,
                                            referrer: `${site.origin}/plain`, width: page.viewportSize().width });
    assert.equal(stats.requests[0].headers["content-type"].split(";")[0], "text/plain");
  },

  async nothing_is_kept_in_the_browser({ page, site, stats, context }) {
    await page.goto(`${site.origin}/`);
    await stats.count(1);
    assert.deepEqual(await context.cookies(), []);
    const kept = await page.evaluate(async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, document.cookie]);
    assert.deepEqual(kept, [0, 0, 0, ""]);
    assert.equal(stats.requests[0].headers.cookie, undefined);
  },

  async single_page_navigation_counts_a_page_once({ page, site, stats }) {
    await page.goto(`${site.origin}/second`);
    await stats.count(1);
    await page.evaluate(() => {
      history.pushState(null, "", "/a");
      history.pushState(null, "", "/a#place");
      history.replaceState(null, "", "/a?scroll=1");
      history.pushState(null, "", "/b");
    });
    const views = await stats.count(3, "pageview");
    assert.deepEqual(views.map((one) => new URL(one.url).pathname), ["/second", "/a", "/b"]);
    assert.deepEqual(views.slice(1).map((one) => new URL(one.referrer).pathname), ["/second", "/a"]);
    await page.goBack();
    assert.equal(new URL((await stats.count(4, "pageview"))[3].url).pathname, "/a");
  },

  async routes_in_the_fragment_count_where_the_page_says_so({ page, site, stats }) {
    await page.goto(`${site.origin}/hash#/one`);
    await stats.count(1);
    await page.evaluate(() => { location.hash = "#/two"; });
    const views = await stats.count(2, "pageview");
    assert.deepEqual(views.map((one) => [new URL(one.url).hash, one.hash]), [["#/one", true], ["#/two", true]]);
    await page.goto(`${site.origin}/second#/one`);
    await stats.count(3, "pageview");
    await page.evaluate(() => { location.hash = "#/two"; noctule("event", { name: "after" }); });
    await stats.count(1, "event");
    assert.equal(stats.events().filter((one) => one.type === "pageview").length, 3);
  },

  async a_manual_page_sends_what_it_is_asked_for({ page, site, stats }) {
    await page.goto(`${site.origin}/manual`);
    await page.evaluate(() => {
      history.pushState(null, "", "/elsewhere");
      noctule("pageview", { url: "https://example.org/step-2", referrer: "" });
      noctule("event", { name: "Order", props: { plan: "pro", seats: 3 }, revenue: { amount: 49.9, currency: "EUR" }, interactive: false });
    });
    const [view, order] = await stats.count(2);
    assert.equal(view.url, "https://example.org/step-2");
    assert.deepEqual([order.type, order.name, order.props, order.revenue, order.interactive, order.url],
                     ["event", "Order", { plan: "pro", seats: 3 }, { amount: 49.9, currency: "EUR" }, false, "https://example.org/step-2"]);
  },

  async what_was_called_before_the_script_was_there_is_made_good({ page, site, stats }) {
    await page.goto(`${site.origin}/queue`);
    const [event] = await stats.count(1, "event");
    assert.deepEqual([event.name, event.props], ["early", { a: 1 }]);
  },

  async a_page_written_for_plausible_needs_another_address_and_nothing_else({ page, site, stats }) {
    await page.goto(`${site.origin}/plausible`);
    const called = await page.evaluate(() => new Promise((resolve) => plausible("Signup", { props: { plan: "pro" }, revenue: { amount: 3, currency: "USD" }, callback: () => resolve("called") })));
    assert.equal(called, "called");
    const [early, signup] = await stats.count(2, "event");
    assert.deepEqual([early.name, early.site, signup.name, signup.props, signup.revenue], ["early", "example.org", "Signup", { plan: "pro" }, { amount: 3, currency: "USD" }]);
    assert.equal((await stats.count(1, "pageview"))[0].site, "example.org");
  },

  async links_out_and_downloads_are_events_without_their_queries({ page, site, stats }) {
    await page.goto(`${site.origin}/links`);
    await page.evaluate(() => addEventListener("click", (event) => event.preventDefault()));
    for (const id of ["out", "file", "inner", "mail"]) await page.click(`#${id}`);
    await page.click("#out b", { button: "middle", noWaitAfter: true }).catch(() => {});
    const events = await stats.count(3, "event");
    assert.deepEqual(events.map((one) => [one.name, one.props.url]), [
      ["Outbound Link: Click", "http://127.0.0.2:9/x"], ["File Download", `${site.origin}/report.PDF`], ["Outbound Link: Click", "http://127.0.0.2:9/x"]]);
  },

  async time_counts_while_the_page_is_looked_at_and_depth_as_far_as_it_was_seen({ page, site, stats }) {
    await stopClock(page);
    await page.goto(`${site.origin}/`);
    await stats.count(1, "pageview");
    await advanceClock(page, 7_000);
    await show(page, "hidden");
    const [first] = await stats.count(1, "engagement");
    assert.ok(first.engaged_ms >= 7_000 && first.engaged_ms < 8_000, String(first.engaged_ms));
    assert.ok(first.scroll > 5 && first.scroll < 50, String(first.scroll));
    await advanceClock(page, 100_000);
    await show(page, "visible");
    await advanceClock(page, 2_000);
    await page.evaluate(() => { scrollTo(0, 9_999); dispatchEvent(new Event("scroll")); });
    await page.goto(`${site.origin}/plain`);
    const [, second] = await stats.count(2, "engagement");
    assert.ok(second.engaged_ms >= 2_000 && second.engaged_ms < 3_000, String(second.engaged_ms));
    assert.equal(second.scroll, 100);
  },

  async a_glance_of_less_than_a_second_is_told_by_its_depth_alone_and_once({ page, site, stats }) {
    await stopClock(page);
    await page.goto(`${site.origin}/second`);
    await stats.count(1, "pageview");
    for (const state of ["hidden", "visible", "hidden"]) await show(page, state);
    await page.evaluate(() => noctule("event", { name: "end" }));
    await stats.count(1, "event");
    assert.deepEqual(kinds(stats.events()), ["pageview", "engagement", "event"]);
  },

  async a_page_in_a_background_tab_counts_when_it_is_shown({ page, site, stats }) {
    await page.addInitScript(() => Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" }));
    await page.goto(`${site.origin}/second`);
    await page.evaluate(() => noctule("event", { name: "first" }));
    assert.deepEqual(kinds(await stats.count(1)), ["event"]);
    await show(page, "visible");
    assert.deepEqual(kinds(await stats.count(2)), ["event", "pageview"]);
  },

  async a_page_out_of_the_back_forward_cache_counts_again({ page, site, stats }) {
    await page.goto(`${site.origin}/second`);
    await stats.count(1, "pageview");
    await page.evaluate(() => { window.kept = true; });
    await page.goto(`${site.origin}/plain`);
    await page.goBack({ waitUntil: "commit" });
    const [, second] = await stats.count(2, "pageview");
    assert.equal(new URL(second.url).pathname, "/second");
    assert.equal(await page.evaluate(() => window.kept), true, "the page was loaded anew: this browser kept none");
  },

  async who_objects_is_counted_as_that_and_nothing_else({ page, site, stats }) {
    await page.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { get: () => true }));
    await page.goto(`${site.origin}/second?secret=1`);
    await stats.count(1);
    await page.evaluate(() => { noctule("event", { name: "x" }); history.pushState(null, "", "/c"); });
    await page.goto(`${site.origin}/plain`);
    await page.goto(`${site.origin}/host-only`);
    await stats.count(2);
    assert.deepEqual(stats.events(), [{ type: "objection", site: "example.org" }, { type: "objection" }]);
    for (const request of stats.requests) assert.equal(request.headers.referer, undefined);
  },

  async do_not_track_is_an_objection_too({ page, site, stats }) {
    await page.addInitScript(() => Object.defineProperty(navigator, "doNotTrack", { get: () => "1" }));
    await page.goto(`${site.origin}/second`);
    assert.deepEqual(kinds(await stats.count(1)), ["objection"]);
  },

  async a_strict_policy_allows_all_of_it({ page, site, stats, problems }) {
    await page.goto(`${site.origin}/strict`);
    await page.evaluate(() => noctule("event", { name: "x" }));
    await stats.count(2);
    assert.deepEqual(problems, []);
  },

  async where_beacons_are_refused_fetch_takes_over({ page, site, stats }) {
    await page.addInitScript(() => { navigator.sendBeacon = () => false; });
    await page.goto(`${site.origin}/second`);
    await stats.count(1, "pageview");
    await page.goto(`${site.origin}/plain`);
    await stats.count(1, "engagement");
    assert.equal(stats.requests[0].headers.cookie, undefined);
  },

  async the_package_does_the_same_as_the_script({ page, site, stats }) {
    await page.goto(`${site.origin}/module`);
    await stats.count(1, "pageview");
    await page.evaluate(() => window.track("event", { name: "by package" }));
    assert.equal((await stats.count(1, "event"))[0].name, "by package");
  },

  async without_scripts_the_picture_names_the_page({ site, stats }) {
    const other = await openBrowser(chromium, { offline: false, javaScriptEnabled: false });
    try {
      const page = await other.context.newPage();
      await page.goto(`${site.origin}/noscript?a=1`);
      const request = await stats.request("/pixel.gif");
      assert.equal(request.query.get("site"), "example.org");
      assert.equal(request.headers.referer, `${site.origin}/noscript?a=1`);
    } finally {
      await other.close();
    }
  },
};

async function main() {
  const stats = await recordEvents(script);
  const site = await servePages(pagesOf(stats.origin));
  const browser = await openBrowser(chromium, { offline: false, ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  try {
    return await runTests(browser, tests, (page, problems) => { stats.clear(); return { page, site, stats, context: browser.context, problems }; }, { clean: false }) === 0 ? 0 : 1;
  } finally {
    await browser.close();
    await site.close();
    await stats.close();
  }
}

process.exitCode = await main();
