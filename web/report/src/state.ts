// SPDX-License-Identifier: Apache-2.0
// What is being looked at, as the fragment of the address: from.20260105-app.whatsapp-page.example_2eorg. Only letters,
// digits, '.', '-' and '_' occur, and the last character is a letter or digit, so that a chat that turns addresses into
// links keeps all of it. In values every other byte of UTF-8 is '_' and two hexadecimal digits.
import { dayNumber, isoDay, type Language } from "./data";

export type Theme = "auto" | "light" | "dark";
export interface State {
  from: number | null; to: number | null;  // day numbers, both inclusive
  app: string | null;                      // id; "" is "no app named"
  page: string;                            // a page's whole name, or a part of names; "" is all
  language: Language; theme: Theme;
}

const kNoApp = "none";

export function encodeValue(text: string): string {
  let out = "";
  for (const byte of new TextEncoder().encode(text)) {
    const c = String.fromCharCode(byte);
    out += /[A-Za-z0-9]/.test(c) ? c : `_${byte.toString(16).padStart(2, "0")}`;
  }
  return out;
}

export function decodeValue(text: string): string {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; ++i) {
    const escape = /^_([0-9a-f]{2})/.exec(text.slice(i, i + 3));
    bytes.push(escape ? parseInt(escape[1] ?? "", 16) : text.charCodeAt(i) & 0x7f);
    if (escape) i += 2;
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

const compactDay = (day: number): string => isoDay(day).replace(/-/g, "");
function parseDay(text: string): number | null {
  const parts = /^(\d{4})(\d\d)(\d\d)$/.exec(text);
  const day = parts ? dayNumber(`${parts[1]}-${parts[2]}-${parts[3]}`) : NaN;
  return Number.isFinite(day) ? day : null;
}

export function toFragment(state: State, defaults: State): string {
  const parts: string[] = [];
  if (state.from !== null) parts.push(`from.${compactDay(state.from)}`);
  if (state.to !== null) parts.push(`to.${compactDay(state.to)}`);
  if (state.app !== null) parts.push(`app.${state.app === "" ? kNoApp : encodeValue(state.app)}`);
  if (state.page !== "") parts.push(`page.${encodeValue(state.page)}`);
  if (state.language !== defaults.language) parts.push(`lang.${state.language}`);
  if (state.theme !== defaults.theme) parts.push(`theme.${state.theme}`);
  return parts.join("-");
}

// Whatever does not fit is ignored: a fragment is typed by anyone.
export function fromFragment(fragment: string, defaults: State): State {
  const state = { ...defaults };
  for (const part of fragment.replace(/^#/, "").split("-")) {
    const dot = part.indexOf(".");
    const name = part.slice(0, dot), value = part.slice(dot + 1);
    if (name === "from") state.from = parseDay(value);
    else if (name === "to") state.to = parseDay(value);
    else if (name === "app") state.app = value === kNoApp ? "" : decodeValue(value);
    else if (name === "page") state.page = decodeValue(value);
    else if (name === "lang" && (value === "en" || value === "fr")) state.language = value;
    else if (name === "theme" && (value === "light" || value === "dark")) state.theme = value;
  }
  return state;
}

export const isFiltered = (state: State): boolean =>
  state.from !== null || state.to !== null || state.app !== null || state.page !== "";
