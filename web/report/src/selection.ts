// SPDX-License-Identifier: Apache-2.0
// The cube, filtered and summed. Ranges of a selection are sums of what is known of its parts: the lower end counts
// arrivals with evidence of a private share, the upper end adds those that may be one. No model runs here.
import { dayNumber, type CubeRow, type Embedded, type Ends, type Unfurl } from "./data";
import { isFiltered, type State } from "./state";

const kDay = 0, kPage = 1, kApp = 2, kChannel = 3, kGa4 = 4, kGrade = 5, kPrivate = 6, kArrivals = 7, kMaybe = 8;

export interface Tally extends Ends { arrivals: number; ga4Direct: number; ga4Unknown: number; shownDirect: number; highDirect: number; open: boolean }
export interface AppTally extends Tally { id: string; private: string; grades: Map<string, number>; pastes: number }
export interface PageTally extends Tally { page: string | null;  // null: all that have no row of their own
  apps: Map<string, number>; pastes: number }
export interface DayTally extends Tally { day: number; pastes: number }
// GA4 runs in the browser and has referrers that some logs lack: what it would say of such arrivals is not known.
export const kNotLogged = "not_logged";
// Whether evidence shows that visits came by private shares, whether they may have, or neither.
export type Privacy = "shown" | "possible" | "other";
export interface Flow { ga4: string; channel: string; privacy: Privacy; arrivals: number }

export interface Selection {
  filtered: boolean;
  byApp: boolean;  // only arrivals that name one app: others of it left no trace, so counts are lower ends
  total: Tally; flows: Flow[]; apps: AppTally[]; pages: PageTally[]; days: DayTally[];
  unfurls: Unfurl[]; pastesComplete: boolean; firstDay: number; lastDay: number;
}

const emptyTally = (): Tally => ({ arrivals: 0, low: 0, high: 0, ga4Direct: 0, ga4Unknown: 0, shownDirect: 0, highDirect: 0, open: false });

interface Judge { low(row: CubeRow): boolean; high(row: CubeRow): boolean; open(row: CubeRow): boolean; direct: number }
function judgeOf({ names }: Embedded): Judge {
  const inferred = names.grades.indexOf("inferred"), yes = names.private.indexOf("yes");
  const isLow = (row: CubeRow) => row[kPrivate] === yes && row[kGrade] >= inferred;
  // Visits to home and section pages from nowhere: direct, and yet some may have been shared.
  const isHigh = (row: CubeRow) => isLow(row) || row[kMaybe] === 1, channel = names.channels.indexOf("direct");
  return { low: isLow, high: isHigh, open: (row) => row[kChannel] === channel && !isHigh(row), direct: names.ga4.indexOf("Direct") };
}

function add(tally: Tally, row: CubeRow, judge: Judge): void {
  const arrivals = row[kArrivals], shown = judge.low(row), direct = row[kGa4] === judge.direct;
  tally.arrivals += arrivals;
  if (shown) tally.low += arrivals;
  if (judge.high(row)) tally.high += arrivals;
  if (direct) tally.ga4Direct += arrivals;
  if (direct && shown) tally.shownDirect += arrivals;
  if (direct && judge.high(row)) tally.highDirect += arrivals;
  if (row[kGa4] < 0) tally.ga4Unknown += arrivals;
  if (judge.open(row)) tally.open = true;
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

// The whole name of a page selects it alone; anything else selects the pages that contain it.
export function pageTest(pages: string[], wanted: string): (page: string) => boolean {
  if (wanted === "") return () => true;
  if (pages.includes(wanted)) return (page) => page === wanted;
  const part = wanted.toLowerCase();
  return (page) => page.toLowerCase().includes(part);
}

function rowTest(embedded: Embedded, state: State): (row: CubeRow) => boolean {
  const isWanted = pageTest(embedded.cube.pages, state.page);
  const pages = [...embedded.cube.pages.map(isWanted), state.page === ""];  // the last: pages without a row of their own
  const app = state.app === null ? null : embedded.cube.apps.indexOf(state.app);
  return (row) => (state.from === null || row[kDay] >= state.from) && (state.to === null || row[kDay] <= state.to) &&
                  (app === null || row[kApp] === app) && pages[row[kPage]] === true;
}

function selectUnfurls(embedded: Embedded, state: State): Unfurl[] {
  const isWanted = pageTest(embedded.cube.pages, state.page);
  return embedded.analysis.unfurls.filter((unfurl) => {
    const day = unfurl.instant === null ? null : dayNumber(unfurl.instant);
    return (day === null || ((state.from === null || day >= state.from) && (state.to === null || day <= state.to))) &&
           (state.app === null || unfurl.app === state.app) && isWanted(unfurl.page);
  });
}

const newApp = (id: string, surface: string): AppTally => ({ ...emptyTally(), id, private: surface, grades: new Map<string, number>(), pastes: 0 });

// An app may have a row for its messages and one for its feed; its pastes are in one of them.
const pasteSurface = (analysis: Embedded["analysis"], id: string): string =>
  analysis.apps.find((app) => app.id === id && app.pastes > 0)?.surface ?? "unknown";

// Apps in which pages were pasted and that no visit names have a row all the same.
function addPastedApps(analysis: Embedded["analysis"], unfurls: Unfurl[], filtered: boolean, apps: Map<string, AppTally>): void {
  const pasted = filtered ? unfurls.map((unfurl) => unfurl.app) : analysis.apps.filter((app) => app.pastes > 0).map((app) => app.id);
  for (const id of pasted) {
    const surface = pasteSurface(analysis, id);
    getOrMake(apps, `${id}\n${surface}`, () => newApp(id, surface));
  }
}

// Should the estimate know more than its arrivals, what it takes off or adds is taken off or added in full in every
// selection: that keeps the range true, if wide.
function widen(embedded: Embedded, total: Tally, judge: Judge, filtered: boolean): void {
  const { low, high } = embedded.analysis.private;
  if (!filtered) return void Object.assign(total, { low, high });
  const all = emptyTally();
  for (const row of embedded.cube.rows) add(all, row, judge);
  total.low = Math.max(0, total.low - Math.max(0, all.low - low));
  total.high = Math.min(total.arrivals, total.high + Math.max(0, high - all.high));
}

export function select(embedded: Embedded, state: State): Selection {
  const { analysis, cube, names } = embedded;
  const judge = judgeOf(embedded), filtered = isFiltered(state), test = rowTest(embedded, state);
  const total = emptyTally();
  const flows = new Map<string, Flow>(), apps = new Map<string, AppTally>();
  const pages = new Map<number, PageTally>(), days = new Map<number, DayTally>();
  for (const row of cube.rows) {
    if (!test(row)) continue;
    const channel = names.channels[row[kChannel]] ?? "?";
    const ga4 = row[kGa4] < 0 ? kNotLogged : names.ga4[row[kGa4]] ?? "?";
    const app = cube.apps[row[kApp]] ?? "", grade = names.grades[row[kGrade]] ?? "?", surface = names.private[row[kPrivate]] ?? "?";
    add(total, row, judge);
    const privacy: Privacy = judge.low(row) ? "shown" : judge.high(row) ? "possible" : "other";
    getOrMake(flows, `${ga4}\n${channel}\n${privacy}`, () => ({ ga4, channel, privacy, arrivals: 0 })).arrivals += row[kArrivals];
    add(getOrMake(days, row[kDay], () => ({ ...emptyTally(), day: row[kDay], pastes: 0 })), row, judge);
    const page = getOrMake(pages, row[kPage], () => ({ ...emptyTally(), page: cube.pages[row[kPage]] ?? null, apps: new Map<string, number>(), pastes: 0 }));
    add(page, row, judge);
    if (app === "") continue;
    page.apps.set(app, (page.apps.get(app) ?? 0) + row[kArrivals]);
    const tally = getOrMake(apps, `${app}\n${surface}`, () => newApp(app, surface));
    add(tally, row, judge);
    tally.grades.set(grade, (tally.grades.get(grade) ?? 0) + row[kArrivals]);
  }
  widen(embedded, total, judge, filtered);

  const unfurls = selectUnfurls(embedded, state);
  // What is private first: that is what the report is about.
  const rank = ["yes", "unknown", "no"];
  if (state.app === null || state.app !== "") addPastedApps(analysis, unfurls, filtered, apps);
  const appTallies = [...apps.values()].sort((a, b) => rank.indexOf(a.private) - rank.indexOf(b.private) || b.arrivals - a.arrivals);
  const pageTallies = [...pages.values()].sort((a, b) => Number(a.page === null) - Number(b.page === null) || b.arrivals - a.arrivals);
  for (const unfurl of filtered ? unfurls : []) {
    const app = apps.get(`${unfurl.app}\n${pasteSurface(analysis, unfurl.app)}`);
    if (app) ++app.pastes;
    const page = pageTallies.find((row) => row.page === unfurl.page);
    if (page) ++page.pastes;
  }
  if (!filtered) {
    const known = new Map(analysis.pages.map((row) => [row.page, row]));
    for (const row of pageTallies) {
      const page = row.page === null ? undefined : known.get(row.page);
      if (page) Object.assign(row, page.private, { pastes: page.pastes });
    }
    for (const row of appTallies) {
      row.pastes = analysis.apps.find((app) => app.id === row.id && app.surface === row.private)?.pastes ?? 0;
    }
  }
  const bounds = boundsOf(embedded);
  const firstDay = Math.max(bounds[0], state.from ?? bounds[0]), lastDay = Math.min(bounds[1], state.to ?? bounds[1]);
  return { filtered, byApp: state.app !== null && state.app !== "", total, flows: [...flows.values()], apps: appTallies, pages: pageTallies,
           days: fillDays(days, pastesByDay(analysis, unfurls, filtered), firstDay, lastDay), unfurls,
           pastesComplete: !filtered || analysis.unfurls.length >= analysis.unfurls_total, firstDay, lastDay };
}

// The list of pastes may be cut short; the days know all of them, but not of which page and app.
function pastesByDay(analysis: Embedded["analysis"], unfurls: Unfurl[], filtered: boolean): Map<number, number> {
  if (!filtered) return new Map(analysis.days.map((row) => [dayNumber(row.day), row.unfurls]));
  const counts = new Map<number, number>();
  for (const { instant } of unfurls) {
    if (instant !== null) counts.set(dayNumber(instant), (counts.get(dayNumber(instant)) ?? 0) + 1);
  }
  return counts;
}

// A day without a row is a day of nothing, and is drawn. Above this many days only those with rows are kept.
const kDaysMax = 4_000;
function fillDays(days: Map<number, DayTally>, pastes: Map<number, number>, first: number, last: number): DayTally[] {
  const make = (day: number): DayTally => ({ ...emptyTally(), day, pastes: 0 });
  if (last - first < kDaysMax) for (let day = first; day <= last; ++day) getOrMake(days, day, () => make(day));
  for (const [day, count] of pastes) {
    const tally = days.get(day);
    if (tally) tally.pastes = count;
  }
  return [...days.values()].sort((a, b) => a.day - b.day);
}

export function boundsOf({ cube }: Embedded): [number, number] {
  let first = Infinity, last = -Infinity;
  for (const row of cube.rows) {
    first = Math.min(first, row[kDay]);
    last = Math.max(last, row[kDay]);
  }
  return first <= last ? [first, last] : [0, 0];
}
