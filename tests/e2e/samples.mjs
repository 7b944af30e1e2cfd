// SPDX-License-Identifier: Apache-2.0
// What the scripts here have in common: options from the command line, samples in a folder of their own.
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
