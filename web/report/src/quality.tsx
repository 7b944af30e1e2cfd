// SPDX-License-Identifier: Apache-2.0
import type { Embedded, InputFile } from "./data";
import { DataTable, Name, Section } from "./ui";
import { clean, type Words } from "./words";

function Files({ embedded, words }: { embedded: Embedded; words: Words }) {
  const field = (count: number, has: boolean) => (has ? words.count(count) : <span class="missing">{words.t("word.no_column")}</span>);
  const period = (file: InputFile) => file.first === null || file.last === null
    ? words.t("date.none") : words.period(file.first, file.last);
  return (
    <DataTable words={words} caption={words.t("section.files")} rows={embedded.analysis.input} columns={[
      { key: "file", header: words.t("column.file"), cell: (row) => <Name text={row.path} /> },
      { key: "format", header: words.t("column.format"), cell: (row) => <Name text={row.format} /> },
      { key: "lines", header: words.t("column.lines"), numeric: true, cell: (row) => words.count(row.lines) },
      { key: "unparsed", header: words.t("column.unparsed"), numeric: true, cell: (row) => words.count(row.unparsed) },
      { key: "ignored", header: words.t("column.ignored"), numeric: true, cell: (row) => words.count(row.ignored) },
      { key: "addresses", header: words.t("column.addresses"), numeric: true, cell: (row) => words.count(row.addresses) },
      { key: "referrer", header: words.t("column.with_referrer"), numeric: true, cell: (row) => field(row.with_referrer, row.has_referrer_field) },
      { key: "agent", header: words.t("column.with_user_agent"), numeric: true, cell: (row) => field(row.with_user_agent, row.has_user_agent_field) },
      { key: "period", header: words.t("column.period"), cell: period },
    ]} />
  );
}

function Unparsed({ embedded, words }: { embedded: Embedded; words: Words }) {
  const { analysis } = embedded;
  if (analysis.unparsed === 0) return <p>{words.t("note.all_read")}</p>;
  return (
    <>
      <p>{words.t("note.unread", words.count(analysis.unparsed), words.count(analysis.lines), words.percent(analysis.unparsed, analysis.lines, Math.round))}</p>
      <DataTable words={words} caption={words.t("section.unparsed")} rows={analysis.unparsed_examples} columns={[
        { key: "place", header: words.t("column.line"), cell: (row) => <Name text={`${row.file}:${row.line}`} /> },
        { key: "field", header: words.t("column.field"), cell: (row) => <bdi>{words.code("field", row.field)}</bdi> },
        { key: "expected", header: words.t("column.expected"), cell: (row) => <bdi>{words.code("expected", row.expected)}</bdi> },
        { key: "excerpt", header: words.t("column.excerpt"), cell: (row) => <code><Name text={row.excerpt} /></code> },
      ]} />
    </>
  );
}

function BrokenFiles({ embedded, words }: { embedded: Embedded; words: Words }) {
  const broken = embedded.analysis.input.filter((file) => file.error !== null);
  if (broken.length === 0) return null;
  return (
    <ul class="missing">
      {broken.map((file) => <li key={file.path}><Name text={file.path} />: {words.t("terminal.file_error", clean(file.error ?? ""))}</li>)}
    </ul>
  );
}

export function Warnings({ embedded, words }: { embedded: Embedded; words: Words }) {
  const { warnings } = embedded.analysis;
  if (warnings.length === 0) return null;
  return (
    <Section id="warnings" title={words.t("section.warnings")}>
      <ul>{warnings.map((warning, index) => <li key={index}>{words.code("warning", warning.code, warning.args)}</li>)}</ul>
    </Section>
  );
}

export function Quality({ embedded, words }: { embedded: Embedded; words: Words }) {
  const { analysis } = embedded;
  const exclusions = Object.entries(analysis.exclusions).map(([reason, counts]) => ({ reason, ...counts }));
  const people = Object.entries(analysis.arrivals.by_corroboration).filter(([, count]) => count > 0).reverse();
  return (
    <Section id="quality" title={words.t("section.quality")} note={words.t("web.whole_log")}>
      {analysis.input.length > 0 && <Files embedded={embedded} words={words} />}
      <BrokenFiles embedded={embedded} words={words} />
      <Unparsed embedded={embedded} words={words} />
      {exclusions.length === 0 ? <p>{words.t("note.nothing_excluded")}</p> : (
        <DataTable words={words} caption={words.t("section.excluded")} rows={exclusions} columns={[
          { key: "reason", header: words.t("column.reason"), cell: (row) => words.code("exclusion", row.reason) },
          { key: "hits", header: words.t("column.hits"), numeric: true, cell: (row) => words.count(row.hits), order: (row) => row.hits },
          { key: "landings", header: words.t("column.landings"), numeric: true, cell: (row) => words.count(row.landings), order: (row) => row.landings },
        ]} />
      )}
      {people.length > 0 && (
        <DataTable words={words} caption={words.t("section.corroboration")} rows={people} columns={[
          { key: "what", header: words.t("column.person"), cell: ([what]) => words.code("corroboration", what) },
          { key: "visits", header: words.t("column.visits"), numeric: true, cell: ([, count]) => words.count(count) },
        ]} />
      )}
    </Section>
  );
}
