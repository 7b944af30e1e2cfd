// SPDX-License-Identifier: Apache-2.0
// Pieces that several sections use: sections with a heading, tables, measured widths.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { clean, type Words } from "./words";

export function Section(props: { id: string; title: string; note?: string | undefined; children: ComponentChildren }) {
  return (
    <section class={`card ${props.id}`} aria-labelledby={`${props.id}-title`}>
      <h2 id={`${props.id}-title`}>{props.title}</h2>
      {props.note && <p class="note">{props.note}</p>}
      {props.children}
    </section>
  );
}

// A name that came out of a log: its own direction, no hidden characters.
export const Name = ({ text }: { text: string }) => <bdi>{clean(text)}</bdi>;

export interface Column<Row> {
  key: string; header: string; numeric?: boolean;
  wide?: boolean;  // not on a narrow screen, where another cell says the same
  cell(row: Row): ComponentChildren;
  order?(row: Row): number;  // makes the column sortable, highest first
}

const kRowsShown = 10;

const classOf = ({ numeric, wide }: { numeric?: boolean; wide?: boolean }): string => [numeric ? "numeric" : "", wide ? "wide-only" : ""].filter(Boolean).join(" ");

export function DataTable<Row>(props: { words: Words; caption: string; columns: Column<Row>[]; rows: Row[]; quiet?: boolean }) {
  const { words, columns } = props;
  const [sort, setSort] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const id = useId();
  const order = columns.find((column) => column.key === sort)?.order;
  const rows = order ? [...props.rows].sort((a, b) => order(b) - order(a)) : props.rows;
  const shown = all ? rows : rows.slice(0, kRowsShown);
  return (
    <>
      <div class="scroll" role="group" aria-labelledby={id} tabIndex={0}>
        <table>
          <caption id={id} class={props.quiet ? "hidden" : ""}>{props.caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.key} scope="col" class={classOf(column)}
                    aria-sort={column.order ? (sort === column.key ? "descending" : "none") : undefined}>
                  {column.order
                    ? <button type="button" class="sort" onClick={() => setSort(sort === column.key ? null : column.key)}>
                        {column.header}<span aria-hidden="true">{sort === column.key ? " ↓" : " ↕"}</span>
                      </button>
                    : column.header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <tr key={index}>
                {columns.map((column, at) => at === 0
                  ? <th key={column.key} scope="row">{column.cell(row)}</th>
                  : <td key={column.key} class={classOf(column)}>{column.cell(row)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > kRowsShown && (
        <button type="button" class="more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? words.t("web.fewer") : words.t("web.all_rows", words.count(rows.length))}
        </button>
      )}
    </>
  );
}

// The table behind a chart, closed until asked for.
export function Behind(props: { words: Words; children: ComponentChildren }) {
  return <details><summary>{props.words.t("web.as_table")}</summary>{props.children}</details>;
}

// The width that the element has on the page, so that charts are drawn at their size and letters keep theirs.
export function useWidth(): [{ current: HTMLDivElement | null }, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(640);
  useEffect(() => {
    if (!box.current) return undefined;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.max(240, Math.floor(entry.contentRect.width))));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}
