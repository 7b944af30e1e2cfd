// SPDX-License-Identifier: Apache-2.0
// The tracker: says which page was seen, for how long and how far, to a noctule server. It sets no cookie, keeps nothing in the
// browser and reads nothing of it but the address, the referrer and the width of the window. Where the visitor objects (Global
// Privacy Control, Do Not Track) it says that, once, and nothing else. Every byte here is downloaded by every visitor.

export interface Options {
  /** Where events go: the server's address with /api/v1/events. */
  api: string;
  /** The site's domain, as the server knows it. Without it, the page's host says which site it is. */
  site?: string | undefined;
  /** Pages are told apart by what follows "#/" or "#!". */
  hash?: boolean | undefined;
  /** No page view is sent but those of tracker("pageview"). */
  manual?: boolean | undefined;
}

export interface Fields {
  /** Of an event: its name, at most 120 bytes. */
  name?: string;
  /** The page, if it is not the one that is shown. */
  url?: string;
  /** Where the visitor came from, if it is not document.referrer. */
  referrer?: string;
  /** Of an event: at most 30 properties of it. */
  props?: Record<string, string | number | boolean>;
  /** Of an event: what it was worth; currency as in ISO 4217. */
  revenue?: { amount: number | string; currency: string };
  /** Of an event: false where it does not make the visit more than a bounce. */
  interactive?: boolean;
}

export type Tracker = (type: "pageview" | "event", fields?: Fields) => void;

const downloads = /\.(7z|avi|csv|deb|dmg|docx?|epub|exe|gz|iso|key|m4a|mov|mp[34]|msi|odt|ods|pdf|pkg|pptx?|rar|rpm|rtf|txt|wav|wmv|xlsx?|zip)$/i;

/** Begins to count. Call it once for a page; what it returns sends further page views and events. */
export function init(options: Options): Tracker {
  const doc = document, nav = navigator as Navigator & { globalPrivacyControl?: boolean }, on = addEventListener;
  const { api, site, hash } = options;

  const post = (events: object[], referrerPolicy?: ReferrerPolicy): void => {
    const body = JSON.stringify({ events });
    if (referrerPolicy || !nav.sendBeacon?.(api, body)) {
      fetch(api, { method: "POST", body, keepalive: true, credentials: "omit", referrerPolicy: referrerPolicy || "" }).catch(() => {});
    }
  };

  if (nav.globalPrivacyControl || nav.doNotTrack == "1") {
    post([{ type: "objection", site }], "no-referrer");
    return () => {};
  }

  let page = "";         // the address of the page view that time and depth belong to; empty: none yet
  let key = "";          // what tells it from the next
  let since = 0;         // when it was last begun to be looked at; 0: it is not being looked at
  let engaged = 0;       // milliseconds that were not reported yet
  let depth = 0, told = 0;  // per cent of it that was seen, and of that what was reported

  const make = (type: string, fields: Fields & object): object =>
    ({ type, id: Math.random().toString(36).slice(2) + Date.now().toString(36), site, url: page || location.href, hash, ...fields });

  const look = (): void => {
    if (since) engaged += Date.now() - since;
    since = doc.visibilityState == "visible" && doc.hasFocus() ? Date.now() : 0;
    const height = doc.documentElement.scrollHeight;
    if (page) depth = Math.max(depth, Math.min(100, Math.round((100 * (scrollY + innerHeight)) / height) || 0));
  };

  // What there is to report of the page so far.
  const report = (): object[] => {
    look();
    if (!page || (engaged < 1e3 && depth <= told)) return [];
    const event = make("engagement", { engaged_ms: engaged, scroll: depth } as Fields);
    engaged = 0;
    told = depth;
    return [event];
  };

  const flush = (): void => {
    const events = report();
    if (events[0]) post(events);
  };

  const view = (fields?: Fields): void => {
    const events = report(), referrer = page || doc.referrer;
    page = fields?.url || location.href;
    engaged = depth = told = 0;
    post([...events, make("pageview", { referrer, width: innerWidth, ...fields } as Fields)]);
    look();
  };

  const keyOf = (): string => location.pathname + location.search + (hash ? location.hash : "");

  // A page view when the address names another page; never of a page that nobody has seen.
  const navigate = (again?: boolean): void => {
    if (doc.visibilityState != "visible" || (key == keyOf() && !again)) return;
    key = keyOf();
    view();
  };

  const send: Tracker = (type, fields = {}) => (type == "pageview" ? view(fields) : post([make("event", fields)]));

  const click = (event: MouseEvent): void => {
    const link = (event.target as Element | null)?.closest?.("a");
    if (!link || event.button > 1 || !/^http/.test(link.protocol)) return;
    const name = link.host != location.host ? "Outbound Link: Click" : downloads.test(link.pathname) ? "File Download" : "";
    if (name) send("event", { name, props: { url: link.origin + link.pathname } });
  };

  on("click", click, true);
  on("auxclick", click, true);
  on("scroll", look, { passive: true });
  on("focus", look);
  on("blur", look);
  on("pagehide", flush);
  doc.addEventListener("visibilitychange", () => {
    if (doc.visibilityState == "visible") look();
    else flush();
    if (!options.manual && !page) navigate();
  });
  if (!options.manual) {
    const push = history.pushState;
    history.pushState = function (...given) {
      push.apply(this, given);
      navigate();
    };
    on("popstate", () => navigate());
    if (hash) on("hashchange", () => navigate());
    on("pageshow", (event) => event.persisted && navigate(true));
    navigate();
  }
  return send;
}
