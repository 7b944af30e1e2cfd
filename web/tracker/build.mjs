// SPDX-License-Identifier: Apache-2.0
// Bundles the tracker: node build.mjs FOLDER [SOURCE.cpp]. FOLDER gets the npm package's files; SOURCE.cpp the script, plain, by
// gzip and by brotli, as the server hands it out.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [folder = "dist", source] = process.argv.slice(2);
const common = { bundle: true, target: ["es2020"], charset: "ascii", legalComments: "none", logLevel: "warning", write: false };
const bundle = async (options) => (await build({ ...common, ...options })).outputFiles[0].text.trim() + "\n";

const script = await bundle({ entryPoints: ["src/script.ts"], format: "iife", minify: true });
const module = await bundle({ entryPoints: ["src/index.ts"], format: "esm" });
await mkdir(folder, { recursive: true });
await writeFile(`${folder}/noctule.js`, script);
await writeFile(`${folder}/index.js`, module);

const bytes = (name, buffer) =>
  `constexpr unsigned char ${name}[] = {${[...buffer].join(",").replace(/(.{100,110},)/g, "$1\n")}};\n`;
if (source) {
  const plain = Buffer.from(script);
  const gzip = gzipSync(plain, { level: 9 });
  const brotli = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } });
  const tag = createHash("sha256").update(plain).digest("hex").slice(0, 16);
  const view = (name) => `{reinterpret_cast<const char*>(${name}), sizeof ${name}}`;
  await writeFile(source, `// Made from web/tracker at build time.
#include "noctule/tracker/tracker_script.h"
namespace noctule {
namespace {
${bytes("kPlain", plain)}${bytes("kGzip", gzip)}${bytes("kBrotli", brotli)}}  // namespace
const TrackerScript& tracker_script() {
  static const TrackerScript script{${view("kPlain")}, ${view("kGzip")}, ${view("kBrotli")}, "\\"${tag}\\""};
  return script;
}
}  // namespace noctule
`);
}
