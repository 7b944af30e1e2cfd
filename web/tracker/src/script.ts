// SPDX-License-Identifier: Apache-2.0
// <script defer src="https://stats.example.org/noctule.js" data-site="example.org"></script>
// data-api: where events go, if not to the server that the script came from. data-hash, data-manual: see Options. What was
// called before the script was there is made good: window.noctule = window.noctule || function () { (noctule.q = noctule.q || []).push(arguments) }
import { init, type Tracker } from "./index";

declare global {
  interface Window {
    noctule?: Tracker & { q?: Iterable<Parameters<Tracker>> };
  }
}

const script = document.currentScript as HTMLScriptElement, data = script.dataset, waiting = window.noctule?.q;
const tracker = init({
  api: data["api"] || new URL("/api/v1/events", script.src).href,
  site: data["site"],
  hash: "hash" in data,
  manual: "manual" in data,
});
window.noctule = tracker;
for (const call of waiting || []) tracker(...call);
