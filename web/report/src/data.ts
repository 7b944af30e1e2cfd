// SPDX-License-Identifier: Apache-2.0
// What the program put into the file: the published analysis, the cube behind the filters, and the words.
export type Count = number;
export interface Ends { low: Count; high: Count }

export interface InputFile {
  path: string; format: string; compression: string; lines: Count; unparsed: Count; ignored: Count;
  first: string | null; last: string | null; addresses: Count; with_referrer: Count; with_user_agent: Count;
  has_referrer_field: boolean; has_user_agent_field: boolean; error: string | null;
}
export interface AppRow { id: string; name: string; surface: string; arrivals: Count; pastes: Count }
export interface PageRow { page: string; arrivals: Count; private: Ends; pastes: Count; top_app: string | null }
export interface Unfurl { instant: string | null; page: string; app: string; fetches: Count; same_device: boolean }
export interface UnparsedExample { file: string; line: Count; field: string; expected: string; excerpt: string }

export interface Analysis {
  version: string; first: string | null; last: string | null; lines: Count; unparsed: Count;
  input: InputFile[]; unparsed_examples: UnparsedExample[];
  exclusions: Record<string, { hits: Count; landings: Count }>;
  arrivals: { total: Count; ga4_direct: Count; by_corroboration: Record<string, Count> };
  private: { low: Count; central: Ends; high: Count; enough: boolean; reasons: string[] };
  private_of_ga4_direct: { low: Count; central: Ends; high: Count };
  apps: AppRow[]; pages: PageRow[]; pages_total: Count; unfurls: Unfurl[]; unfurls_total: Count;
  unfurl_matches: { observed: Count; by_chance: Count }; click_echoes: Count;
  days: { day: string; unfurls: Count }[];
  warnings: { code: string; args: string[] }[];
}

// day number, page, app, channel, ga4, grade, private, arrivals, maybe private; enumerations by their index in `names`;
// the page after the last stands for all others.
export type CubeRow = [number, number, number, number, number, number, number, number, number];
export interface Cube { pages: string[]; apps: string[]; rows: CubeRow[] }
export interface Names { channels: string[]; ga4: string[]; grades: string[]; private: string[] }
export type Language = "en" | "fr";

export interface Embedded {
  language: Language; analysis: Analysis; cube: Cube; names: Names; messages: Record<Language, Record<string, string>>;
}

export function load(): Embedded {
  return JSON.parse(document.getElementById("data")?.textContent ?? "") as Embedded;
}

const kDayMs = 86_400_000;
export const dayNumber = (iso: string): number => Math.floor(Date.parse(iso) / kDayMs);
export const isoDay = (day: number): string => new Date(day * kDayMs).toISOString().slice(0, 10);
export const dateOf = (day: number): Date => new Date(day * kDayMs);
