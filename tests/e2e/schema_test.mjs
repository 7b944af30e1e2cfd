// SPDX-License-Identifier: Apache-2.0
// Every JSON that the samples give is valid under the published schema, as a validator of others sees it; and the schema
// is strict: whatever is taken away, added or given another type is found.
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { options, renderSamples } from "./samples.mjs";

const { samples: program, schema: schemaPath } = options();
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schemaPath, "utf8")));

// Every object and array of a document, with the way to it.
function* places(value, path = []) {
  if (value === null || typeof value !== "object") return;
  yield path;
  for (const [key, child] of Object.entries(value)) yield* places(child, [...path, key]);
}
const at = (value, path) => path.reduce((here, key) => here[key], value);

// Two of each array are enough to break.
const shortened = (value) => {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.slice(0, 2).map(shortened);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, shortened(child)]));
};

// Objects whose members are open by design: codes and channels as keys.
const isOpen = (path) => path.at(-1) === "exclusions" || path.at(-1) === "ga4";

const samples = renderSamples(program);
try {
  const documents = Object.fromEntries(readdirSync(samples.folder).filter((name) => name.endsWith(".json"))
    .map((name) => [name, JSON.parse(readFileSync(join(samples.folder, name), "utf8"))]));
  assert.ok(Object.keys(documents).length >= 5);
  for (const [name, document] of Object.entries(documents)) {
    assert.ok(validate(document), `${name}: ${ajv.errorsText(validate.errors)}`);
  }
  console.log(`ok      ${Object.keys(documents).length} documents are valid`);

  const clocks = Object.values(documents).flatMap(({ input }) => input.map((file) => file.first)).filter((first) => first !== null);
  assert.ok(clocks.some((first) => first.endsWith("Z")) && clocks.some((first) => /[+-]\d\d:\d\d$/.test(first)), "logs on UTC and on other clocks");

  let mutations = 0;
  const mustFail = (document, what) => { ++mutations; assert.ok(!validate(document), `the schema let it pass: ${what}`); };
  const sample = shortened(documents["sample.json"]);
  for (const path of places(sample)) {
    if (Array.isArray(at(sample, path))) continue;
    for (const key of isOpen(path) ? [] : Object.keys(at(sample, path))) {
      const without = structuredClone(sample);
      delete at(without, path)[key];
      mustFail(without, `${[...path, key].join(".")} missing`);
      const changed = structuredClone(sample);
      at(changed, path)[key] = { odd: true };
      mustFail(changed, `${[...path, key].join(".")} of another type`);
    }
    const more = structuredClone(sample);
    at(more, path).surprise = "x";
    mustFail(more, `${path.join(".")}.surprise`);
  }
  console.log(`ok      ${mutations} broken documents are refused`);
} finally {
  samples.remove();
}
console.log("2 passed, 0 failed");
