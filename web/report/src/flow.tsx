// SPDX-License-Identifier: Apache-2.0
// "GA4 would say" on the left, "What happened" on the right, the same visits flowing between.
import { scaleLinear } from "d3-scale";
import { area, curveBumpX } from "d3-shape";
import { kNotLogged, type Flow, type Privacy, type Selection } from "./selection";
import { Behind, DataTable, Section, useWidth } from "./ui";
import type { Words } from "./words";

const ga4Name = (words: Words, ga4: string): string => (ga4 === kNotLogged ? words.t("ga4.unknown") : ga4);

// Of channels that are private or public by their nature only what is not is said so; the terminal does the same.
const kAlwaysPossible = new Set(["app_surface_unknown", "unattributed", "not_logged"]);
function channelName(words: Words, { channel, privacy }: Flow): string {
  const name = words.code("channel", channel);
  return privacy === "possible" && !kAlwaysPossible.has(channel) ? words.t("comparison.possible", name) : name;
}

const kOrder: Privacy[] = ["shown", "possible", "other"];
const ga4Key = (flow: Flow): string => flow.ga4;
const channelKey = (flow: Flow): string => `${flow.privacy}/${flow.channel}`;

interface Node { key: string; flow: Flow; arrivals: number; y: number; height: number; slot: number }

const kSlotMin = 24, kGap = 6, kBar = 10;

// flow: one of those that meet in the node, for its name and colour.
function nodesOf(flows: Flow[], keyOf: (flow: Flow) => string, order: (flow: Flow) => number): Node[] {
  const nodes = new Map<string, Node>();
  for (const flow of flows) {
    const node = nodes.get(keyOf(flow)) ?? { key: keyOf(flow), flow, arrivals: 0, y: 0, height: 0, slot: 0 };
    node.arrivals += flow.arrivals;
    nodes.set(node.key, node);
  }
  return [...nodes.values()].sort((a, b) => order(a.flow) - order(b.flow) || b.arrivals - a.arrivals);
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
  const at = (nodes: Node[]) => new Map(nodes.map((node) => [node.key, { ...node }]));
  const starts = at(left), ends = at(right), index = (nodes: Node[], key: string) => nodes.findIndex((node) => node.key === key);
  const shape = area<[number, number, number]>().curve(curveBumpX).x((p) => p[0]).y0((p) => p[1]).y1((p) => p[2]);
  return [...flows].sort((a, b) => index(left, ga4Key(a)) - index(left, ga4Key(b)) || index(right, channelKey(a)) - index(right, channelKey(b)))
    .map((flow) => {
      const start = starts.get(ga4Key(flow)), end = ends.get(channelKey(flow));
      if (!start || !end) return null;
      const height = Math.max(1, scale(flow.arrivals));
      const path = shape([[from, start.y, start.y + height], [to, end.y, end.y + height]]) ?? "";
      start.y += height;
      end.y += height;
      return { flow, path };
    });
}

function Chart({ flows, words, width }: { flows: Flow[]; words: Words; width: number }) {
  const left = nodesOf(flows, ga4Key, ({ ga4 }) => (ga4 === "Direct" ? 0 : 1));
  const right = nodesOf(flows, channelKey, ({ privacy }) => kOrder.indexOf(privacy));
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
        {text} <tspan class="number">{side === "right" && node.flow.privacy === "shown" ? words.atLeast(node.arrivals) : words.count(node.arrivals)}</tspan>
      </text>
    );
  };
  return (
    <svg class="flow" role="img" aria-label={title} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      <title>{title}</title>
      {ribbons(flows, left, right, scale, from + kBar, to - kBar).map((ribbon) => ribbon && (
        <path key={`${ga4Key(ribbon.flow)}/${channelKey(ribbon.flow)}`} class={`ribbon ${ribbon.flow.privacy}`} d={ribbon.path}>
          <title>{`${ga4Name(words, ribbon.flow.ga4)} → ${channelName(words, ribbon.flow)}: ${words.count(ribbon.flow.arrivals)}`}</title>
        </path>
      ))}
      {left.map((node) => <g key={node.key}><rect class={node.flow.ga4 === "Direct" ? "direct" : "ga4"} x={from} y={node.y} width={kBar} height={node.height} />{label(node, ga4Name(words, node.flow.ga4), "left")}</g>)}
      {right.map((node) => <g key={node.key}><rect class={node.flow.privacy} x={to - kBar} y={node.y} width={kBar} height={node.height} />{label(node, channelName(words, node.flow), "right")}</g>)}
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
          { key: "channel", header: words.t("section.happened"), cell: (row) => channelName(words, row) },
          { key: "arrivals", header: words.t("column.visits"), numeric: true, cell: (row) => words.count(row.arrivals), order: (row) => row.arrivals },
        ]} />
      </Behind>
    </Section>
  );
}
