// SPDX-License-Identifier: Apache-2.0
// A client that remembers: it sends page views, each with an id and a page of its own, and keeps in files of its folder which were
// acknowledged and which were not. One that was not is sent again, one that was never.
//   send_pages.mjs ADDRESS some COUNT   new ones, that must be acknowledged
//   send_pages.mjs ADDRESS refused      new ones, until many were refused
//   send_pages.mjs ADDRESS broken       new ones, until the server is gone
//   send_pages.mjs ADDRESS again        those that were not acknowledged, until they are
// Files: next (the number of the next page view), acknowledged (how many), refused (their numbers), refusals (how many in all).
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";

const kSenders = 8, kEventsAtOnce = 50, kRefusalsMax = 100, kPatience_ms = 30_000;
const kAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

const [address, what, count] = process.argv.slice(2);
const read = (name) => existsSync(name) ? readFileSync(name, "utf8").split("\n").filter(Boolean).map(Number) : [];
const deadline = Date.now() + kPatience_ms;
const waiting = what === "again" ? read("refused") : [];
let next = read("next")[0] ?? 0, acknowledged = read("acknowledged")[0] ?? 0, refusals = 0, gone = false;
const end = what === "some" ? next + Number(count) : Infinity;

function take() {
  if (what === "again") return waiting.splice(0, kEventsAtOnce);
  if (gone || refusals >= kRefusalsMax && what === "refused") return [];
  const numbers = [];
  while (numbers.length < kEventsAtOnce && next < end) numbers.push(next++);
  return numbers;
}

// True: acknowledged; false: refused, or nobody knows.
async function send(numbers) {
  const events = numbers.map((n) => ({ type: "pageview", id: `event-${n}`, site: "example.org", url: `https://example.org/page/${n}` }));
  let status, text;
  try {
    const answer = await fetch(`${address}/api/v1/events`, {
      method: "POST", headers: { "Content-Type": "application/json", "User-Agent": kAgent }, body: JSON.stringify({ events }),
    });
    [status, text] = [answer.status, await answer.text()];
  } catch (error) {
    if (what !== "broken") throw error;
    gone = true;
    return false;
  }
  if (status === 202 && JSON.parse(text).accepted === numbers.length) return true;
  if (status === 503 && JSON.parse(text).error.includes("cannot be kept") && what !== "some") return false;
  throw new Error(`answered with ${status}: ${text}`);
}

async function sender() {
  for (let numbers = take(); numbers.length > 0; numbers = take()) {
    if (Date.now() > deadline) throw new Error(`not "${what}" in ${kPatience_ms} ms`);
    if (await send(numbers)) {
      acknowledged += numbers.length;
      continue;
    }
    ++refusals;
    if (what === "again") waiting.push(...numbers);
    else appendFileSync("refused", numbers.join("\n") + "\n");
  }
}

await Promise.all(Array.from({ length: kSenders }, sender));
if (what === "again") writeFileSync("refused", "");
writeFileSync("next", String(next));
writeFileSync("acknowledged", String(acknowledged));
writeFileSync("refusals", String((read("refusals")[0] ?? 0) + refusals));
