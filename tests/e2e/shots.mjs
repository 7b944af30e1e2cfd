// SPDX-License-Identifier: Apache-2.0
// Pictures of the report, for people to judge: node shots.mjs --samples PROGRAM --chromium PROGRAM --out FOLDER
import { openBrowser } from "./browser.mjs";
import { options, renderSamples } from "./samples.mjs";

const { samples: program, chromium, out } = options();
const samples = renderSamples(program);
const browser = await openBrowser(chromium);
try {
  for (const [name, file, width, theme, fragment] of [
    ["wide-light", "sample.en", 1280, "light", ""], ["wide-dark", "sample.fr", 1280, "dark", ""],
    ["narrow-light", "sample.en", 360, "light", ""], ["narrow-dark", "sample.fr", 360, "dark", ""],
    ["filtered", "sample.en", 1280, "light", "#app.whatsapp"], ["few", "few.en", 1280, "light", ""],
    ["empty", "empty.en", 800, "light", ""], ["hostile", "hostile.en", 1280, "dark", ""]]) {
    const page = await browser.context.newPage();
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: theme });
    await page.goto(samples.url(file) + fragment);
    await page.screenshot({ path: `${out}/${name}.png`, fullPage: true });
    await page.close();
  }
} finally {
  await browser.close();
  samples.remove();
}
