// SPDX-License-Identifier: Apache-2.0
// "GA4 would say" on the left, "What happened" on the right, the same visits flowing between.
import { scaleLinear } from "d3-scale";
import { area, curveBumpX } from "d3-shape";
import { kNotLogged, type Flow, type Selection } from "./selection";
import { Behind, DataTable, Section, privacyOf, privacyOrder, useWidth } from "./ui";
import type { Words } from "./words";

const ga4Name = (words: Words, ga4: string): string => (ga4 === kNotLogged ? words.t("ga4.unknown") : ga4);

interface Node { name: string; arrivals: number; y: number; height: number; slot: number }

const kSlotMin = 24, kGap = 6, kBar = 10;

function nodesOf(flows: Flow[], side: "ga4" | "channel", order: (name: string) => number): Node[] {
  const sums = new Map<string, number>();
  for (const flow of flows) sums.set(flow[side], (sums.get(flow[side]) ?? 0) + flow.arrivals);
  return [...sums].map(([name, arrivals]) => ({ name, arrivals, y: 0, height: 0, slot: 0 }))
    .sort((a, b) => order(a.name) - order(b.name) || b.arrivals - a.arrivals);
}

// Heights are in proportion; each node has room for its label.
function place(nodes: Node[], scale: (arrivals: number) => number): number {
  let y = 0;
  for (const node of nodes) {
    node.height = Math.max(1, scale(node.arrivals));
    node.slot = Math.max(kSlotMin, node.height);
    node.y = y + (node.slot - node.height) / 2;
    y += node.slot + kGap;
  }
  return y - kGap;
}

function ribbons(flows: Flow[], left: Node[], right: Node[], scale: (arrivals: number) => number, from: number, to: number) {
  const at = (nodes: Node[]) => new Map(nodes.map((node) => [node.name, { ...node }]));
  const starts = at(left), ends = at(right), index = (nodes: Node[], name: string) => nodes.findIndex((node) => node.name === name);
  const shape = area<[number, number, number]>().curve(curveBumpX).x((p) => p[0]).y0((p) => p[1]).y1((p) => p[2]);
  return [...flows].sort((a, b) => index(left, a.ga4) - index(left, b.ga4) || index(right, a.channel) - index(right, b.channel))
    .map((flow) => {
      const start = starts.get(flow.ga4), end = ends.get(flow.channel);
      if (!start || !end) return null;
      const height = Math.max(1, scale(flow.arrivals));
      const path = shape([[from, start.y, start.y + height], [to, end.y, end.y + height]]) ?? "";
      start.y += height;
      end.y += height;
      return { flow, path };
    });
}

function Chart({ flows, words, width }: { flows: Flow[]; words: Words; width: number }) {
  const left = nodesOf(flows, "ga4", (name) => (name === "Direct" ? 0 : 1)), right = nodesOf(flows, "channel", privacyOrder);
  const total = flows.reduce((sum, flow) => sum + flow.arrivals, 0);
  const scale = scaleLinear().domain([0, Math.max(1, total)]).range([0, 280]);
  const height = Math.max(place(left, scale), place(right, scale));
  const outside = width >= 720;
  const from = outside ? 190 : 0, to = width - (outside ? 230 : 0);
  const title = `${words.t("section.ga4")} / ${words.t("section.happened")}`;
  const label = (node: Node, text: string, side: "left" | "right") => {
    const x = side === "left" ? (outside ? from - 8 : from + kBar + 6) : outside ? to + 8 : to - kBar - 6;
    const end = (side === "left") === outside;
    return (
      <text x={x} y={node.y + node.height / 2} dy="0.35em" text-anchor={end ? "end" : "start"}>
        {text} <tspan class="number">{side === "right" && privacyOf(node.name) === "shown" ? words.atLeast(node.arrivals) : words.count(node.arrivals)}</tspan>
      </text>
    );
  };
  return (
    <svg class="flow" role="img" aria-label={title} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      <title>{title}</title>
      {ribbons(flows, left, right, scale, from + kBar, to - kBar).map((ribbon) => ribbon && (
        <path key={`${ribbon.flow.ga4}/${ribbon.flow.channel}`} class={`ribbon ${privacyOf(ribbon.flow.channel)}`} d={ribbon.path}>
          <title>{`${ga4Name(words, ribbon.flow.ga4)} → ${words.code("channel", ribbon.flow.channel)}: ${words.count(ribbon.flow.arrivals)}`}</title>
        </path>
      ))}
      {left.map((node) => <g key={node.name}><rect class={node.name === "Direct" ? "direct" : "ga4"} x={from} y={node.y} width={kBar} height={node.height} />{label(node, ga4Name(words, node.name), "left")}</g>)}
      {right.map((node) => <g key={node.name}><rect class={privacyOf(node.name)} x={to - kBar} y={node.y} width={kBar} height={node.height} />{label(node, words.code("channel", node.name), "right")}</g>)}
    </svg>
  );
}

export function Comparison({ selection, words }: { selection: Selection; words: Words }) {
  const [box, width] = useWidth();
  const { flows } = selection;
  const rows = [...flows].sort((a, b) => b.arrivals - a.arrivals);
  const notLogged = flows.reduce((sum, flow) => sum + (flow.ga4 === kNotLogged ? flow.arrivals : 0), 0);
  return (
    <Section id="comparison" title={words.t("section.comparison")}>
      {notLogged > 0 && <p class="lead">{words.t("note.ga4_unknown", words.counted("count.visits", notLogged))}</p>}
      <div class="sides" aria-hidden="true"><span>{words.t("section.ga4")}</span><span>{words.t("section.happened")}</span></div>
      <div ref={box} class="chart"><Chart flows={flows} words={words} width={width} /></div>
      <p class="note">{words.t("note.possible")}</p>
      <Behind words={words}>
        <DataTable words={words} caption={words.t("section.comparison")} quiet rows={rows} columns={[
          { key: "ga4", header: words.t("section.ga4"), cell: (row) => ga4Name(words, row.ga4) },
          { key: "channel", header: words.t("section.happened"), cell: (row) => words.code("channel", row.channel) },
          { key: "arrivals", header: words.t("column.visits"), numeric: true, cell: (row) => words.count(row.arrivals), order: (row) => row.arrivals },
        ]} />
      </Behind>
    </Section>
  );
}
