// SPDX-License-Identifier: Apache-2.0
// <script defer src="https://stats.example.org/noctule.js" data-site="example.org"></script>
// data-api: where events go, if not to the server that the script came from. data-hash, data-manual: see Options. What was
// called before the script was there is made good: window.noctule = window.noctule || function () { (noctule.q = noctule.q || []).push(arguments) }
// On a page that was written for Plausible, data-domain names the site and plausible(name, options) sends events.
import { init, type Fields, type Tracker } from "./index";

type Plausible = (name: string, options?: Fields & { callback?: () => void }) => void;

declare global {
  interface Window {
    noctule?: Tracker & { q?: Iterable<Parameters<Tracker>> };
    plausible?: Plausible & { q?: Iterable<Parameters<Plausible>> };
  }
}

const script = document.currentScript as HTMLScriptElement, data = script.dataset, domain = data["domain"];
const waiting = window.noctule?.q, waitingToo = window.plausible?.q;
const tracker = init({
  api: data["api"] || new URL("/api/v1/events", script.src).href,
  site: data["site"] || domain,
  hash: "hash" in data,
  manual: "manual" in data,
});
window.noctule = tracker;
for (const call of waiting || []) tracker(...call);
if (domain) {
  const plausible: Plausible = (name, options) => {
    tracker(name == "pageview" ? name : "event", name == "pageview" ? options : { name, ...options });
    options?.callback?.();
  };
  window.plausible = plausible;
  for (const call of waitingToo || []) plausible(...call);
}
