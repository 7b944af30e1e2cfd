// SPDX-License-Identifier: Apache-2.0
// A made-up site of a few pages that carry the tracker, for ./dev demo: node site.mjs --server http://127.0.0.1:8000 --site www.example.org
// Prints its address. Nothing but node's own modules.
import { createServer } from "node:http";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { server: { type: "string" }, site: { type: "string" } } });

const pages = {
  "/": ["A made-up site", "Its pages carry noctule's script. Open some, then ask the server again what it has counted."],
  "/p/1": ["How bats find their way", "They call, and listen to what comes back."],
  "/p/2": ["Why links travel in the dark", "A friend's message has no referrer."],
  "/p/3": ["What an echo tells", "That somebody was there, not who."],
};

const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function render(path) {
  const [title, text] = pages[path];
  const links = Object.entries(pages).map(([to, [name]]) => `<li><a href="${to}">${escape(name)}</a></li>`).join("");
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title>
<script defer src="${values.server}/noctule.js" data-site="${values.site}"></script>
<h1>${escape(title)}</h1><p>${escape(text)}</p><ul>${links}</ul></html>`;
}

const server = createServer((request, response) => {
  const path = new URL(request.url, "http://localhost").pathname;
  const known = Object.hasOwn(pages, path);
  response.writeHead(known ? 200 : 404, { "Content-Type": "text/html; charset=utf-8" });
  response.end(known ? render(path) : "<!doctype html><title>Not found</title>");
});
server.listen(0, "localhost", () => console.log(`http://localhost:${server.address().port}/`));
