// SPDX-License-Identifier: Apache-2.0
import type { Embedded } from "./data";
import type { AppTally, PageTally, Selection, Tally } from "./selection";
import type { State } from "./state";
import { DataTable, Name, Section } from "./ui";
import type { Words } from "./words";

interface Props { embedded: Embedded; selection: Selection; words: Words; change(change: Partial<State>): void }

// Names that are words and not a brand are in the messages.
function nameOf(embedded: Embedded, id: string, words: Words): string {
  const said = words.code("app_name", id);
  return said !== id ? said : embedded.analysis.apps.find((app) => app.id === id)?.name || id;
}

// GA4's Direct among a row's visits: not known where the log has no referrer column, at least so many where that holds for some.
function ga4Text({ ga4Direct, ga4Unknown }: Tally, words: Words): string {
  if (ga4Unknown === 0) return words.count(ga4Direct);
  return ga4Direct === 0 ? words.t("word.unknown") : words.atLeast(ga4Direct);
}

// A range as a bar: solid what is shown, pale what is possible.
function RangeBar({ tally, most }: { tally: Tally; most: number }) {
  const at = (value: number) => (most > 0 ? (100 * value) / most : 0);
  return (
    <svg class="cell-bar" aria-hidden="true" viewBox="0 0 100 8" preserveAspectRatio="none">
      <rect class="visits" x="0" y="0" width={at(tally.arrivals)} height="8" />
      <rect class="possible" x="0" y="0" width={at(tally.high)} height="8" />
      <rect class="shown" x="0" y="0" width={at(tally.low)} height="8" />
    </svg>
  );
}

const kGrades = ["proven", "strong", "inferred", "estimated"];

function Grades({ app, words }: { app: AppTally; words: Words }) {
  const known = kGrades.filter((grade) => (app.grades.get(grade) ?? 0) > 0);
  return (
    <span class="grades">
      {known.map((grade) => (
        <span key={grade} class={`grade ${grade}`} title={words.t(`grade_help.${grade}`)}>
          {words.counted(`grade_count.${grade}`, app.grades.get(grade) ?? 0)}
        </span>
      ))}
    </span>
  );
}

export function Apps({ embedded, selection, words, change }: Props) {
  if (selection.apps.length === 0) return <Section id="apps" title={words.t("section.apps")}><p>{words.t("note.no_apps")}</p></Section>;
  const pastes = (row: AppTally) => selection.pastesComplete ? words.count(row.pastes) : words.atLeast(row.pastes);
  return (
    <Section id="apps" title={words.t("section.apps")} note={words.t("note.apps")}>
      <DataTable words={words} caption={words.t("section.apps")} quiet rows={selection.apps} columns={[
        { key: "app", header: words.t("column.app"), cell: (row) => (
          <><button type="button" class="pick" title={words.t("web.only_app")} onClick={() => change({ app: row.id })}><Name text={nameOf(embedded, row.id, words)} /></button><span class="narrow-only"><Grades app={row} words={words} /></span></>) },
        { key: "visits", header: words.t("column.visits"), numeric: true, cell: (row) => words.count(row.arrivals), order: (row) => row.arrivals },
        { key: "private", header: words.t("column.private"), numeric: true, cell: (row) => row.low > 0 ? words.atLeast(row.low) : words.range(row), order: (row) => row.high },
        { key: "surface", header: words.t("column.surface"), cell: (row) => <span class={`surface ${row.private}`}>{words.code("surface_short", row.private)}</span> },
        { key: "grade", header: words.t("column.grade"), wide: true, cell: (row) => <Grades app={row} words={words} /> },
        { key: "ga4", header: words.t("column.ga4_direct"), numeric: true, cell: (row) => ga4Text(row, words), order: (row) => row.ga4Direct },
        { key: "pastes", header: words.t("column.pastes"), numeric: true, cell: pastes, order: (row) => row.pastes },
      ]} />
    </Section>
  );
}

function topApp(page: PageTally): string {
  let best = "", most = 0;
  for (const [app, arrivals] of page.apps) if (arrivals > most) [best, most] = [app, arrivals];
  return best;
}

export function Pages({ embedded, selection, words, change }: Props) {
  const most = Math.max(0, ...selection.pages.map((row) => row.arrivals));
  const pastes = (row: PageTally) => selection.pastesComplete ? words.count(row.pastes) : words.atLeast(row.pastes);
  return (
    <Section id="pages" title={words.t("section.pages")} note={selection.pages.some((row) => row.open) ? words.t("note.open_pages") : undefined}>
      <DataTable words={words} caption={words.t("section.pages")} quiet rows={selection.pages} columns={[
        { key: "page", header: words.t("column.page"), cell: ({ page }) => page === null ? words.t("web.other_pages") : (
          <button type="button" class="pick" title={words.t("web.only_page")} onClick={() => change({ page })}><Name text={page} /></button>) },
        { key: "visits", header: words.t("column.visits"), numeric: true, cell: (row) => words.count(row.arrivals), order: (row) => row.arrivals },
        { key: "private", header: words.t("column.private"), numeric: true, cell: (row) => <span class="ranged">{row.open ? words.t("range.at_least", words.range(row)) : words.range(row, selection.byApp)}<RangeBar tally={row} most={most} /></span>, order: (row) => row.high },
        { key: "ga4", header: words.t("column.ga4_direct"), numeric: true, cell: (row) => ga4Text(row, words), order: (row) => row.ga4Direct },
        { key: "pastes", header: words.t("column.pastes"), numeric: true, cell: pastes, order: (row) => row.pastes },
        { key: "app", header: words.t("column.top_app"), cell: (row) => <Name text={nameOf(embedded, topApp(row), words)} /> },
      ]} />
    </Section>
  );
}

export function Pastes({ embedded, selection, words }: Props) {
  const { analysis } = embedded, { unfurls } = selection;
  return (
    <Section id="pastes" title={words.t("section.unfurls")} note={`${words.t("note.paste")} ${words.t("note.ga4_pastes")}`}>
      {unfurls.length === 0 ? <p>{words.t(!analysis.input.some((file) => file.has_user_agent_field) ? "note.pastes_unknown" : selection.filtered ? "web.no_pastes_here" : "note.no_pastes")}</p> : (
        <DataTable words={words} caption={words.t("section.unfurls")} quiet rows={unfurls} columns={[
          { key: "time", header: words.t("column.time"), cell: (row) => <time dateTime={row.instant ?? undefined}>{words.minute(row.instant)}</time> },
          { key: "app", header: words.t("column.app"), cell: (row) => <Name text={nameOf(embedded, row.app, words)} /> },
          { key: "page", header: words.t("column.page"), cell: (row) => <Name text={row.page} /> },
          { key: "fetches", header: words.t("column.fetches"), numeric: true, cell: (row) => words.count(row.fetches) },
          { key: "same", header: words.t("column.same_device"), cell: (row) => (row.same_device ? words.t("word.yes") : "") },
        ]} />
      )}
      {analysis.unfurls.length < analysis.unfurls_total && <p class="note">{words.t("note.pastes_total", words.count(analysis.unfurls_total), words.count(analysis.unfurls.length))}</p>}
      {!selection.filtered && analysis.unfurl_matches.observed > 0 && (
        <p>{words.t("note.matches", words.counted("count.visits", Math.floor(analysis.unfurl_matches.observed)), words.amount(analysis.unfurl_matches.by_chance))}</p>
      )}
      {!selection.filtered && analysis.click_echoes > 0 && <p>{words.t("note.echoes", words.counted("count.visits", analysis.click_echoes))}</p>}
    </Section>
  );
}

