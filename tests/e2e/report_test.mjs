// SPDX-License-Identifier: Apache-2.0
// The HTML report as its readers meet it: in a browser without network, by mouse, by keyboard, through axe, at 360 pixels.
import axe from "axe-core";
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { openBrowser } from "./browser.mjs";
import { options, renderSamples } from "./samples.mjs";

const { samples: program, chromium } = options();
if (!existsSync(chromium)) {
  console.log("skipped: no chromium here (./dev setup installs it)");
  process.exit(77);
}

const kFiles = ["sample.en", "sample.fr", "few.en", "few.fr", "empty.en", "empty.fr", "wide.en", "hostile.en", "hostile.fr", "blank.en"];
const number = (text) => Number(text.replace(/[^0-9]/g, ""));

// What the file says about itself, counted here once more and in another way than the page does.
async function embedded(page) { return page.evaluate(() => JSON.parse(document.getElementById("data").textContent)); }
function count({ cube, names }, wanted) {
  const sum = { arrivals: 0, low: 0, high: 0, direct: 0 };
  for (const [day, pageIndex, app, , ga4, grade, isPrivate, n, maybe] of cube.rows) {
    const iso = new Date(day * 86_400_000).toISOString().slice(0, 10);
    if (!wanted({ iso, page: cube.pages[pageIndex] ?? "", app: cube.apps[app] })) continue;
    const shown = names.private[isPrivate] === "yes" && ["inferred", "strong", "proven"].includes(names.grades[grade]);
    const possible = shown || maybe === 1;
    sum.arrivals += n;
    sum.low += shown ? n : 0;
    sum.high += possible ? n : 0;
    sum.direct += names.ga4[ga4] === "Direct" ? n : 0;
  }
  return sum;
}
const said = (page) => page.locator(".say").innerText();
async function expectCounts(page, sum) {
  const numbers = (await said(page)).match(/\d[\d,]*/g).map(number);
  assert.deepEqual(numbers, sum.low === sum.high ? [sum.low, sum.arrivals] : [sum.low, sum.high, sum.arrivals]);
  const direct = page.locator(".headline .lead");
  if (sum.direct === 0) assert.equal(await direct.count(), 0);
  else assert.ok((await direct.innerText()).includes(`${sum.direct.toLocaleString("en")} visit`), await direct.innerText());
}

async function violations(page) {
  // The page's own policy forbids injected scripts, so axe is run through the debugger, which it does not bind.
  await page.evaluate(axe.source);
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ")}`);
}

const tests = {
  async every_report_opens_without_an_error_a_request_or_a_missing_word({ open }) {
    for (const file of kFiles) {
      const page = await open(file);
      await page.locator("h1").waitFor();
      assert.ok(!(await page.locator("body").innerText()).includes("⟦"), `${file}: a word is missing`);
      assert.ok((await said(page)).length > 20, file);
      await page.close();
    }
  },

  async the_policy_allows_only_what_came_with_the_file({ open }) {
    const page = await open("sample.en", { expectErrors: true });
    const ran = await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.injected = true";
      document.body.append(script);
      document.body.insertAdjacentHTML("beforeend", "<img src='data:image/gif;base64,AA==' onerror='globalThis.injected = true'>");
      return new Promise((done) => requestAnimationFrame(() => done(globalThis.injected === true)));
    });
    assert.equal(ran, false);
    const html = await page.content();
    assert.ok(!/\son[a-z]+=/.test(html.replace(/<script[\s\S]*?<\/script>/g, "").replace(/onerror='[^']*'|onerror="[^"]*"/g, "")));
    await page.close();
  },

  async text_of_a_log_stays_text({ open }) {
    const page = await open("hostile.en");
    assert.equal(await page.locator("script").count(), 2);
    assert.ok((await page.locator("#pages").or(page.locator(".pages")).first().innerText()).includes("</script><script>alert(1)"));
    assert.ok(!(await page.locator("main").innerText()).includes("\u202e"));
    await page.close();
  },

  async the_whole_log_shows_the_estimate_and_a_part_shows_sums({ open }) {
    const page = await open("sample.en");
    const data = await embedded(page);
    const { low, high, central } = data.analysis.private;
    assert.deepEqual((await said(page)).match(/\d[\d,]*/g).map(number),
                     [low, high, data.analysis.arrivals.total, Math.floor(central.low), Math.ceil(central.high)]);
    await page.selectOption("select[name=app]", "instagram");
    await expectCounts(page, count(data, (row) => row.app === "instagram"));
    assert.ok(!(await said(page)).includes("most likely"));
    await page.selectOption("select[name=app]", "whatsapp");
    assert.equal(await said(page), `Evidence of a private share stands behind ${count(data, (row) => row.app === "whatsapp").low} visits of this selection; others may have come the same way without a trace.`);
    assert.equal(await page.locator(".why p").innerText(), "What widens the range of the whole log:");
    await page.close();
  },

  async filters_by_date_app_and_page_change_the_numbers_together({ open }) {
    const page = await open("sample.en");
    const data = await embedded(page);
    await page.fill("input[name=from]", "2026-01-10");
    await page.fill("input[name=to]", "2026-01-16");
    await expectCounts(page, count(data, (row) => row.iso >= "2026-01-10" && row.iso <= "2026-01-16"));
    await page.fill("input[name=page]", "BATS");
    await expectCounts(page, count(data, (row) => row.iso >= "2026-01-10" && row.iso <= "2026-01-16" && row.page.includes("bats")));
    await page.selectOption("select[name=app]", "");
    const sum = count(data, (row) => row.iso >= "2026-01-10" && row.iso <= "2026-01-16" && row.page.includes("bats") && row.app === "");
    await expectCounts(page, sum);
    assert.ok((await page.locator("[role=status]").innerText()).includes(sum.arrivals.toLocaleString("en")));
    await page.click(".reset");
    assert.ok((await said(page)).includes("most likely"));
    await page.close();
  },

  async a_page_named_in_full_is_selected_alone({ open }) {
    const page = await open("sample.en");
    const data = await embedded(page);
    await page.locator(".pages .pick", { hasText: /^example\.org\/$/ }).click();
    const sum = count(data, (row) => row.page === "example.org/");
    assert.equal(sum.high, 0);
    assert.deepEqual((await said(page)).match(/\d[\d,]*/g).map(number), [sum.arrivals]);
    assert.equal(await page.locator(".pages tbody tr").count(), 1);
    await page.close();
  },

  async a_selection_of_nothing_says_so({ open }) {
    const page = await open("sample.en");
    await page.fill("input[name=page]", "no such page");
    assert.equal(await said(page), "No visit in this selection.");
    await page.close();
  },

  async the_address_carries_the_view_in_characters_that_survive_a_chat({ open }) {
    const page = await open("sample.en");
    await page.fill("input[name=from]", "2026-01-10");
    await page.fill("input[name=page]", "tarte-aux é/?&");
    await page.fill("input[name=page]", "tarte-aux");
    await page.selectOption("select[name=app]", "whatsapp");
    await page.selectOption("select[name=language]", "fr");
    const sentence = await said(page);
    const fragment = await page.evaluate(() => location.hash);
    assert.match(fragment, /^#[A-Za-z0-9._-]*[A-Za-z0-9]$/);
    const again = await open("sample.en", { fragment });
    assert.equal(await said(again), sentence);
    assert.equal(await again.locator("html").getAttribute("lang"), "fr");
    await again.close();
    const odd = await open("sample.en", { fragment: "#from.99999999-page._zz%-app.%%-lang.xx-theme.<" });
    assert.ok((await said(odd)).length > 0);
    await odd.close();
    await page.close();
  },

  async the_keyboard_alone_reaches_and_works_everything({ open }) {
    const page = await open("sample.en");
    const focused = () => page.evaluate(() => document.activeElement.name || document.activeElement.className || document.activeElement.tagName);
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "skip");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "results");
    const before = await said(page);
    const seen = new Set();
    await page.reload();
    for (;;) {
      await page.keyboard.press("Tab");
      if ((await focused()) === "BODY") break;  // past the last
      assert.ok(seen.add(await focused()).size < 100);
      const visible = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return style.outlineStyle !== "none" || document.activeElement.className === "skip";
      });
      assert.ok(visible, `${await focused()} shows no focus`);
      if ((await focused()) === "app") {
        await page.keyboard.press("w");  // types ahead to WhatsApp
        assert.notEqual(await said(page), before);
      }
    }
    for (const stop of ["skip", "language", "theme", "from", "to", "app", "page", "reset", "sort", "pick", "scroll"]) {
      assert.ok(seen.has(stop), `${stop} is out of reach: ${[...seen]}`);
    }
    const slider = page.locator(".reader input");
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    assert.match(await page.locator(".reader output").innerText(), /^6 Jan 2026: visits \d+, private \d+\+, pastes 0$/);
    const table = page.locator(".comparison summary");
    await table.focus();
    await page.keyboard.press("Enter");
    assert.ok(await page.locator(".comparison table").isVisible());
    await page.close();
  },

  async every_chart_has_a_title_and_a_table_with_a_caption_behind_it({ open }) {
    const page = await open("sample.en");
    for (const section of [".comparison", ".trend"]) {
      assert.ok((await page.locator(`${section} svg > title`).first().textContent()).length > 5);
      await page.click(`${section} summary`);
      assert.ok((await page.locator(`${section} caption`).textContent()).length > 5);
      assert.ok(await page.locator(`${section} tbody tr`).count() > 1);
    }
    await page.close();
  },

  async the_chart_counts_as_private_what_the_range_s_lower_end_does({ open }) {
    const page = await open("sample.en");
    const data = await embedded(page);
    const sum = count(data, () => true);
    await page.click(".comparison summary");
    const more = page.locator(".comparison .more");
    if (await more.count() > 0) await more.click();
    const labels = await page.locator(".flow g text").allTextContents();
    const shown = labels.filter((label) => label.endsWith("+")).map((label) => number(label.match(/[\d,]+\+$/)[0]));
    assert.equal(shown.reduce((a, b) => a + b, 0), sum.low);
    const possible = await page.locator(".flow .ribbon.possible > title").allTextContents();
    assert.equal(possible.map((title) => number(title.match(/[\d,]+$/)[0])).reduce((a, b) => a + b, 0), sum.high - sum.low);
    await page.close();
  },

  async apps_with_pastes_and_no_visit_have_a_row({ open }) {
    const page = await open("sample.en");
    const { analysis } = await embedded(page);
    const more = page.locator(".apps .more");
    if (await more.count() > 0) await more.click();
    const rows = await page.locator(".apps tbody tr").allInnerTexts();
    const silent = analysis.apps.filter((app) => app.pastes > 0 && app.arrivals === 0);
    assert.ok(silent.length > 0, "the sample has no such app");
    for (const app of silent) assert.ok(rows.some((row) => row.startsWith(app.name)), app.name);
    await page.close();
  },

  async pages_without_a_row_of_their_own_are_one_row_at_the_end({ open }) {
    const page = await open("wide.en");
    assert.match(await page.locator(".pages tbody tr").last().innerText(), /^all other pages/);
    await page.fill("input[name=page]", "org");  // what is not named cannot be chosen
    assert.equal(await page.locator(".pages tbody tr").count(), 3);
    await page.close();
  },

  async pages_can_be_sorted({ open }) {
    const page = await open("sample.en");
    const column = async () => (await page.locator(".pages tbody tr td:nth-child(5)").allInnerTexts()).map(number);
    await page.locator(".pages th", { hasText: "Pastes" }).getByRole("button").click();
    const values = await column();
    assert.deepEqual(values, [...values].sort((a, b) => b - a));
    assert.equal(await page.locator(".pages th[aria-sort=descending]").count(), 1);
    await page.close();
  },

  async axe_finds_nothing_in_light_and_dark_and_both_languages({ open }) {
    for (const [file, scheme, fragment] of [["sample.en", "light", ""], ["sample.fr", "dark", ""], ["sample.en", "light", "#theme.dark-app.whatsapp"],
                                            ["sample.fr", "dark", "#theme.light"], ["few.fr", "light", ""], ["hostile.en", "dark", ""]]) {
      const page = await open(file, { scheme, fragment });
      for (const summary of await page.locator("summary").all()) await summary.click();
      assert.deepEqual(await violations(page), [], `${file} ${scheme} ${fragment}`);
      await page.close();
    }
  },

  async the_switch_overrules_the_system_and_the_system_is_followed_without_it({ open }) {
    const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await open("sample.en", { scheme: "light" }), dark = await open("sample.en", { scheme: "dark" });
    const [day, night] = [await background(light), await background(dark)];
    assert.notEqual(day, night);
    await light.selectOption("select[name=theme]", "dark");
    assert.equal(await background(light), night);
    await dark.selectOption("select[name=theme]", "light");
    assert.equal(await background(dark), day);
    await light.close();
    await dark.close();
  },

  async nothing_sticks_out_at_360_pixels({ open }) {
    for (const file of ["sample.en", "sample.fr", "wide.en", "hostile.fr", "few.fr"]) {
      const page = await open(file, { width: 360 });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 360, file);
      for (const grades of await page.locator(".apps .grades:visible").all()) {
        const box = await grades.boundingBox();
        assert.ok(box.x >= 0 && box.x + box.width <= 360, `${file}: grades are cut off`);
      }
      await page.close();
    }
  },
};

async function main() {
  const samples = renderSamples(program), browser = await openBrowser(chromium);
  const problems = [];
  const open = async (file, { scheme = "light", fragment = "", width = 1280, expectErrors = false } = {}) => {
    const page = await browser.context.newPage();
    page.on("pageerror", (error) => problems.push(`${file}: ${error.message}`));
    page.on("console", (line) => { if (!expectErrors && ["error", "warning"].includes(line.type())) problems.push(`${file}: ${line.text()}`); });
    page.on("request", (request) => { if (!/^(file|data):/.test(request.url())) problems.push(`${file}: asked for ${request.url()}`); });
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto(samples.url(file) + fragment);
    return page;
  };
  let failed = 0;
  try {
    for (const [name, test] of Object.entries(tests)) {
      const start = Date.now();
      problems.length = 0;
      try {
        await test({ open });
        assert.deepEqual(problems, []);
        console.log(`ok      ${name} (${Date.now() - start} ms)`);
      } catch (error) {
        ++failed;
        console.log(`FAILED  ${name}\n${String(error.stack ?? error)}\n${problems.join("\n")}`);
      }
    }
  } finally {
    await browser.close();
    samples.remove();
  }
  console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
