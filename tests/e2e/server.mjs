// SPDX-License-Identifier: Apache-2.0
// A noctule server on a free port with a folder of its own, and what the tests ask of it.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const kStart_ms = 30_000, kAsk_ms = 15_000;

// The address that the server says it listens on.
const addressOf = (child) => new Promise((resolve, reject) => {
  let said = "";
  const timer = setTimeout(() => reject(new Error(`the server did not start: ${said}`)), kStart_ms);
  const read = (part) => {
    said += part;
    const found = said.match(/http:\/\/127\.0\.0\.1:\d+/);
    if (!found) return;
    clearTimeout(timer);
    resolve(found[0]);
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
});

// With the sites of these domains; what `noctule site add` prints of each is in sites.
export async function startServer(program, domains) {
  const folder = mkdtempSync(join(tmpdir(), "noctule-server-"));
  const run = (...given) => execFileSync(program, [...given, "--data", folder], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const addSite = (domain, ...flags) => JSON.parse(run("site", "add", domain, "--json", ...flags));
  const addKey = (label, ...flags) => JSON.parse(run("key", "add", label, "--json", ...flags)).key;
  addSite("first.example");  // so that no test passes because there is one site only
  const sites = Object.fromEntries(domains.map((domain) => [domain, addSite(domain)]));
  const child = spawn(program, ["serve", "--data", folder, "--listen", "127.0.0.1:0", "--rate-address", "0", "--rate-site", "0"], { stdio: ["ignore", "pipe", "pipe"] });
  const origin = await addressOf(child);
  const queryKey = addKey("questions", "--scope", "query");

  const query = async (site, question) => {
    const answer = await fetch(`${origin}/api/v2/query`, {
      method: "POST", headers: { Authorization: `Bearer ${queryKey}`, "Content-Type": "application/json" },
      body: JSON.stringify({ site_id: site, date_range: "all", ...question }),
    });
    const body = await answer.text();
    if (answer.status !== 200) throw new Error(`${answer.status}: ${body}`);
    return JSON.parse(body).results.map(({ dimensions, metrics }) => [...dimensions, ...metrics]);
  };
  // Asks until the answer holds what is wanted; gives it, and how many milliseconds that took.
  const ask = async (site, question, wanted) => {
    const start = Date.now();
    for (let rows; ;) {
      rows = await query(site, question);
      if (wanted(rows)) return { rows, ms: Date.now() - start };
      if (Date.now() - start > kAsk_ms) throw new Error(`the answer never held what was wanted: ${JSON.stringify(rows)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const stop = async () => {
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    return child.exitCode;
  };
  return { origin, sites, addKey, query, ask, stop };
}
