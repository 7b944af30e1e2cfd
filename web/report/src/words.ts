// SPDX-License-Identifier: Apache-2.0
// Words and numbers in the reader's language. Missing words show as their key, which a test looks for.
import type { Ends, Embedded, Language } from "./data";
import { dateOf, dayNumber } from "./data";

export interface Words {
  language: Language;
  t(key: string, ...args: string[]): string;
  code(family: string, code: string, args?: string[]): string;  // a code newer than the words shows as it is
  counted(key: string, count: number): string;
  count(value: number): string;
  atLeast(value: number): string;
  range(ends: Ends, byApp?: boolean): string;  // of arrivals that name an app, equal ends are a lower end
  amount(value: number): string;  // one decimal below ten, "<0.1" for what is smaller and not nothing
  percent(part: number, whole: number, round: (value: number) => number): string;
  day(day: number): string;
  shortDay(day: number): string;
  period(first: string, last: string): string;  // of ISO instants; a single day once
  minute(iso: string | null): string;
}

// Characters that turn the direction of text or hide, spelled out; a log's names are anyone's.
const kDeceptive = /[\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;
export const clean = (text: string): string =>
  text.replace(kDeceptive, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`);

// The ends of a range, rounded away from its middle; a sum of parts may miss a whole number by a rounding error.
const kRoundingError = 1e-6;
export const low = (value: number): number => Math.max(0, Math.floor(value + kRoundingError));
export const high = (value: number): number => Math.max(0, Math.ceil(value - kRoundingError));

export function wordsOf(messages: Embedded["messages"], language: Language): Words {
  const table = messages[language];
  const numbers = new Intl.NumberFormat(language);
  const plurals = new Intl.PluralRules(language);
  const calendar = language === "en" ? "en-GB" : language;  // 5 Jan 2026, as the terminal has it
  const date = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(calendar, { timeZone: "UTC", ...options });
  const days = date({ day: "numeric", month: "short", year: "numeric" });
  const shortDays = date({ day: "numeric", month: "short" });
  const fill = (text: string, args: string[]) => text.replace(/\{(\d)\}/g, (hole, index: string) => args[Number(index)] ?? hole);
  const t = (key: string, ...args: string[]) => fill(table[key] ?? `⟦${key}⟧`, args);
  const count = (value: number) => numbers.format(value);
  const day = (value: number) => days.format(dateOf(value));
  return {
    language, t, count, day,
    code(family, code, args = []) {
      const one = args[0] !== undefined && /^\d+$/.test(args[0]) && plurals.select(Number(args[0])) === "one";
      const text = (one ? table[`${family}.${code}.one`] : undefined) ?? table[`${family}.${code}`];
      const safe = args.map(clean);
      return text === undefined ? [clean(code), ...safe].join(" ") : fill(text, safe);
    },
    counted: (key, value) => t(`${key}.${plurals.select(value) === "one" ? "one" : "other"}`, count(value)),
    atLeast: (value) => t("range.at_least", count(value)),
    range(ends, byApp = false) {
      const from = low(ends.low), to = high(ends.high);
      if (from === to && byApp) return t("range.at_least", count(from));
      return from === to ? count(from) : t("range.some", count(from), count(to));
    },
    amount(value) {
      const tenths = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
      if (!(value > 0)) return "0";
      if (value < 0.1) return `<${tenths.format(0.1)}`;
      return value < 9.95 ? tenths.format(value) : count(Math.round(value));
    },
    percent(part, whole, round) {
      const value = whole > 0 ? (100 * part) / whole : 0;
      const small = value > 0 && value < 1 && round !== Math.ceil;
      return t("number.percent", small ? "<1" : String(round(value)));
    },
    shortDay: (value) => shortDays.format(dateOf(value)),
    period(first, last) {
      const [from, to] = [day(dayNumber(first)), day(dayNumber(last))];
      return from === to ? from : t("date.range", from, to);
    },
    minute: (iso) => (iso ?? "–").replace("T", " ").replace(/:\d\dZ$/, ""),
  };
}
