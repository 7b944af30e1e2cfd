// SPDX-License-Identifier: Apache-2.0
import type { Embedded } from "./data";
import type { Selection } from "./selection";
import { high, low, type Words } from "./words";

interface Said { text: string; central: boolean; range: boolean }

// The same sentences as the terminal's; a selection has no central interval, because no model runs here.
export function sentenceOf({ analysis }: Embedded, { total, filtered, byApp }: Selection, words: Words): Said {
  const estimate = analysis.private;
  const from = words.count(low(total.low)), to = words.count(high(total.high)), all = words.counted("count.visits", total.arrivals);
  const plain = (key: string, ...args: string[]): Said => ({ text: words.t(key, ...args), central: false, range: false });
  if (total.arrivals === 0) return plain(filtered ? "web.empty_selection" : "headline.empty");
  if (high(total.high) === 0) return plain("headline.no_sign", from, to, all);
  if (low(total.low) === high(total.high) && byApp) return plain("web.headline_app", words.counted("count.visits", low(total.low)));
  if (low(total.low) === high(total.high)) return plain(total.open || !estimate.enough ? "headline.at_least" : "headline.exact", from, to, all);
  if (!estimate.enough) return { ...plain("headline.not_enough", from, to, all), range: true };
  if (filtered) return { ...plain("headline.filtered", from, to, all), range: true };
  const least = low(estimate.central.low), most = high(estimate.central.high);
  const addsNothing = least <= low(total.low) && most >= high(total.high);
  if (addsNothing || least >= most) return { ...plain("headline.wide", from, to, all), range: true };
  return { text: words.t("headline.range", from, to, all, words.count(least), words.count(most)), central: true, range: true };
}

// How much of what GA4 would call Direct came by private shares; null where GA4 would call nothing so.
function directOf({ analysis }: Embedded, { total, filtered }: Selection, words: Words): string | null {
  if (total.ga4Direct === 0) return null;
  const whole = analysis.private_of_ga4_direct;
  const ends = filtered ? { low: total.shownDirect, high: total.highDirect } : whole;
  const from = low(ends.low), to = high(ends.high), least = low(whole.central.low), most = high(whole.central.high);
  const args = [words.count(from), words.count(to), words.counted("count.visits", total.ga4Direct), words.count(least), words.count(most),
                words.percent(ends.low, total.ga4Direct, Math.floor), words.percent(ends.high, total.ga4Direct, Math.ceil)];
  if (to === 0) return words.t("direct.no_sign", ...args);
  if (from === to) return words.t(total.open || !analysis.private.enough ? "direct.at_least" : "direct.exact", ...args);
  if (!analysis.private.enough) return words.t("direct.not_enough", ...args);
  const isWide = filtered || (least <= from && most >= to) || least >= most;
  return words.t(isWide ? "direct.wide" : "direct.range", ...args);
}

function Gauge({ embedded, selection, words, central }: { embedded: Embedded; selection: Selection; words: Words; central: boolean }) {
  const { total } = selection;
  const at = (value: number) => (total.arrivals > 0 ? Math.min(100, (100 * value) / total.arrivals) : 0);
  const inner = embedded.analysis.private.central;
  const title = `${words.t("range.low", words.count(low(total.low)))}; ${words.t("range.high", words.count(high(total.high)))}`;
  return (
    <figure class="gauge">
      <svg role="img" aria-label={title} viewBox="0 0 100 10" preserveAspectRatio="none">
        <title>{title}</title>
        <rect class="track" x="0" y="0" width="100" height="10" />
        <rect class="possible" x="0" y="0" width={at(total.high)} height="10" />
        {central && <rect class="likely" x={at(inner.low)} y="0" width={at(inner.high) - at(inner.low)} height="10" />}
        <rect class="shown" x="0" y="0" width={at(total.low)} height="10" />
      </svg>
      <figcaption>
        <ul class="legend">
          <li><i class="shown" />{words.t("range.low", words.count(low(total.low)))}</li>
          {central && <li><i class="likely" />{words.t("range.central", words.range(inner))}</li>}
          <li><i class="possible" />{words.t("range.high", words.count(high(total.high)))}</li>
          <li><i class="track" />{words.t("web.all_visits", words.count(total.arrivals))}</li>
        </ul>
      </figcaption>
    </figure>
  );
}

export function Headline({ embedded, selection, words }: { embedded: Embedded; selection: Selection; words: Words }) {
  const said = sentenceOf(embedded, selection, words);
  const { total } = selection, estimate = embedded.analysis.private;
  const direct = directOf(embedded, selection, words);
  const why = estimate.enough ? "headline.why_wide" : "headline.why";
  const whyOfLog = estimate.enough ? "headline.why_wide_log" : "headline.why_log";
  return (
    <section class="headline" aria-label={words.t("section.private")}>
      <p class="say">{said.text}</p>
      {said.range && estimate.enough && (
        <p class="share">{words.t("headline.share", words.percent(total.low, total.arrivals, Math.floor), words.percent(total.high, total.arrivals, Math.ceil))}</p>
      )}
      {direct !== null && <p class="lead">{direct}</p>}
      {said.range && <Gauge embedded={embedded} selection={selection} words={words} central={said.central} />}
      {selection.filtered && said.range && <p class="note">{words.t("web.filtered_note")}</p>}
      {estimate.reasons.length > 0 && (
        <div class="why">
          <p>{words.t(selection.filtered ? whyOfLog : why)}</p>
          <ul>{estimate.reasons.map((reason) => <li key={reason}>{words.code("doubt", reason)}</li>)}</ul>
        </div>
      )}
    </section>
  );
}
