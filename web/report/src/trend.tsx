// SPDX-License-Identifier: Apache-2.0
// Visits and the range of private shares, day by day; a slider reads single days out.
import { scaleLinear } from "d3-scale";
import { area } from "d3-shape";
import { useId, useState } from "preact/hooks";
import type { DayTally, Selection } from "./selection";
import { Behind, DataTable, Section, useWidth } from "./ui";
import type { Words } from "./words";

const kHeight = 220, kLeft = 44, kBottom = 40, kTop = 8, kRight = 8;

// Each day is a step as wide as a day: nothing is known between two days.
function steps(days: DayTally[], x: (day: number) => number, y: (value: number) => number, value: (row: DayTally) => number): string {
  const corners = days.flatMap((row) => [[x(row.day), value(row)], [x(row.day + 1), value(row)]] as [number, number][]);
  return area<[number, number]>().x((corner) => corner[0]).y0(y(0)).y1((corner) => y(corner[1]))(corners) ?? "";
}

function Chart(props: { days: DayTally[]; words: Words; width: number; chosen: DayTally | undefined; title: string }) {
  const { days, words, width, chosen } = props;
  const first = days[0]?.day ?? 0, last = days[days.length - 1]?.day ?? 0;
  const x = scaleLinear().domain([first, last + 1]).range([kLeft, width - kRight]);
  const y = scaleLinear().domain([0, Math.max(1, ...days.map((row) => row.arrivals))]).nice().range([kHeight - kBottom, kTop]);
  const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(2, Math.floor((width - kLeft) / 90))));
  const ticks = days.filter((row) => (row.day - first) % every === 0 && x(row.day) < width - 50);
  return (
    <svg class="trend-chart" role="img" aria-label={props.title} width={width} height={kHeight} viewBox={`0 0 ${width} ${kHeight}`}>
      <title>{props.title}</title>
      {y.ticks(4).filter(Number.isInteger).map((tick) => (
        <g key={tick}>
          <line class="grid" x1={kLeft} x2={width - kRight} y1={y(tick)} y2={y(tick)} />
          <text x={kLeft - 6} y={y(tick)} dy="0.35em" text-anchor="end">{words.count(tick)}</text>
        </g>
      ))}
      <path class="visits" d={steps(days, x, y, (row) => row.arrivals)} />
      <path class="possible" d={steps(days, x, y, (row) => row.high)} />
      <path class="shown" d={steps(days, x, y, (row) => row.low)} />
      {days.filter((row) => row.pastes > 0).map((row) => (
        <circle key={row.day} class="paste" cx={x(row.day + 0.5)} cy={kHeight - kBottom + 8} r={Math.min(5, 1.8 + Math.sqrt(row.pastes))} />
      ))}
      {chosen && <rect class="cursor" x={x(chosen.day)} y={kTop} width={Math.max(2, x(chosen.day + 1) - x(chosen.day))} height={kHeight - kBottom - kTop} />}
      {ticks.map((row) => <text key={row.day} x={x(row.day)} y={kHeight - 6}>{words.shortDay(row.day)}</text>)}
    </svg>
  );
}

export function Trend({ selection, words }: { selection: Selection; words: Words }) {
  const { days } = selection;
  const [box, width] = useWidth();
  const [index, setIndex] = useState<number | null>(null);
  const id = useId();
  if (days.length < 2) return null;
  const chosen = index === null ? undefined : days[Math.min(index, days.length - 1)];
  const title = words.t("section.trend");
  return (
    <Section id="trend" title={title}>
      <ul class="legend">
        <li><i class="visits" />{words.t("column.visits")}</li>
        <li><i class="possible" />{words.t("web.private_most")}</li>
        <li><i class="shown" />{words.t("web.private_shown")}</li>
        <li><i class="paste" />{words.t("column.pastes")}</li>
      </ul>
      <div ref={box} class="chart"><Chart days={days} words={words} width={width} chosen={chosen} title={title} /></div>
      <div class="reader">
        <label for={id}>{words.t("web.read_day")}</label>
        <input id={id} type="range" min={0} max={days.length - 1} value={index ?? 0}
               aria-valuetext={words.day((chosen ?? days[0])?.day ?? 0)}
               onInput={(event) => setIndex(Number(event.currentTarget.value))} />
        <output for={id}>{chosen
          ? words.t("web.day_reads", words.day(chosen.day), words.count(chosen.arrivals), words.range(chosen, selection.byApp), words.count(chosen.pastes))
          : words.t("web.read_hint")}</output>
      </div>
      <Behind words={words}>
        <DataTable words={words} caption={title} quiet rows={days} columns={[
          { key: "day", header: words.t("column.day"), cell: (row) => words.day(row.day) },
          { key: "visits", header: words.t("column.visits"), numeric: true, cell: (row) => words.count(row.arrivals), order: (row) => row.arrivals },
          { key: "private", header: words.t("column.private"), numeric: true, cell: (row) => words.range(row, selection.byApp), order: (row) => row.high },
          { key: "pastes", header: words.t("column.pastes"), numeric: true, cell: (row) => words.count(row.pastes), order: (row) => row.pastes },
        ]} />
      </Behind>
    </Section>
  );
}
