// SPDX-License-Identifier: Apache-2.0
// Servers for the tests of the tracker: one that has pages, one that records what the tracker sends and hands out the script.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";

const listen = (server) => new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`)));
const bodyOf = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
};
const stop = (server) => new Promise((resolve) => {
  server.closeAllConnections();
  server.close(resolve);
});

// pages(path) gives {html, headers}; undefined: 404.
export async function servePages(pages) {
  const server = createServer((request, response) => {
    const page = pages(new URL(request.url, "http://x").pathname);
    response.writeHead(page ? 200 : 404, { "Content-Type": "text/html; charset=utf-8", ...page?.headers });
    response.end(page?.html ?? "");
  });
  return { origin: await listen(server), close: () => stop(server) };
}

export async function recordEvents(folder) {
  const requests = [], waiting = [];
  const settle = () => {
    for (let i = waiting.length - 1; i >= 0; --i) if (waiting[i].found()) waiting.splice(i, 1)[0].resolve();
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://x");
    response.setHeader("Access-Control-Allow-Origin", "*");
    if (url.pathname.endsWith(".js")) {
      response.setHeader("Content-Type", "text/javascript; charset=utf-8");
      response.end(readFileSync(`${folder}${url.pathname}`));
      return;
    }
    const body = await bodyOf(request);
    response.writeHead(202).end("{}");
    requests.push({ method: request.method, path: url.pathname, query: url.searchParams, headers: request.headers, body });
    settle();
  });
  const origin = await listen(server);
  const events = () => requests.filter((one) => one.body).flatMap((one) => JSON.parse(one.body).events);
  // Resolves when the condition on what was recorded holds; fails after five seconds.
  const until = (found, what) => found() ? Promise.resolve() : new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nothing recorded of: ${what}; recorded: ${JSON.stringify(events())}`)), 5_000);
    waiting.push({ found, resolve: () => { clearTimeout(timer); resolve(); } });
  });
  return {
    origin, requests, events,
    clear: () => requests.splice(0),
    count: async (count, type) => {
      await until(() => events().filter((one) => !type || one.type === type).length >= count, `${count} ${type ?? "events"}`);
      return events().filter((one) => !type || one.type === type);
    },
    request: async (path) => {
      await until(() => requests.some((one) => one.path === path), path);
      return requests.find((one) => one.path === path);
    },
    close: () => stop(server),
  };
}
