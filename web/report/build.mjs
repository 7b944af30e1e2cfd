// SPDX-License-Identifier: Apache-2.0
// Bundles the report into one HTML template: node build.mjs OUTPUT. Style and script stand inside it and are allowed by
// their hashes, nothing else is; the program fills in @@LANG@@, @@TITLE@@, @@NOSCRIPT@@ and @@DATA@@.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

const output = process.argv[2] ?? "build/report.html";
const common = { bundle: true, minify: true, write: false, target: ["es2020", "chrome90", "firefox90", "safari14"],
                 charset: "ascii", lineLimit: 160, legalComments: "none", logLevel: "warning" };

const bundle = async (options) => {
  const text = (await build({ ...common, ...options })).outputFiles[0].text.trim();
  if (/<\/(script|style)/i.test(text)) throw new Error("the bundle would end its own element");
  return text;
};
const sha256 = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const script = await bundle({ entryPoints: ["src/main.tsx"], format: "iife", jsx: "automatic", jsxImportSource: "preact" });
const style = await bundle({ entryPoints: ["src/report.css"] });
const policy = ["default-src 'none'", `script-src ${sha256(script)}`, `style-src ${sha256(style)}`, "img-src data:",
                "base-uri 'none'", "form-action 'none'"].join("; ");

const template = await readFile("src/page.html", "utf8");
const parts = { POLICY: policy, STYLE: style, SCRIPT: script };
const page = template.replace(/@@(POLICY|STYLE|SCRIPT)@@/g, (_, name) => parts[name]);
await mkdir(dirname(output), { recursive: true });
await writeFile(output, page);
