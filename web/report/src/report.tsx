// SPDX-License-Identifier: Apache-2.0
// The whole page: state in the address, one selection, and the sections that show it.
import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { Embedded, Language } from "./data";
import { Filters } from "./filters";
import { Comparison } from "./flow";
import { Headline, sentenceOf } from "./headline";
import { Quality, Warnings } from "./quality";
import { select } from "./selection";
import { fromFragment, toFragment, type State, type Theme } from "./state";
import { Apps, Pages, Pastes } from "./tables";
import { Trend } from "./trend";
import { wordsOf, type Words } from "./words";

function useAddress(defaults: State): [State, (change: Partial<State>) => void] {
  const [state, setState] = useState(() => fromFragment(location.hash, defaults));
  useEffect(() => {
    const listen = () => setState(fromFragment(location.hash, defaults));
    addEventListener("hashchange", listen);
    return () => removeEventListener("hashchange", listen);
  }, []);
  useLayoutEffect(() => {
    const fragment = toFragment(state, defaults);
    if (location.hash.replace(/^#/, "") !== fragment) history.replaceState(null, "", fragment ? `#${fragment}` : "#");
  }, [state]);
  return [state, (change) => setState((now) => ({ ...now, ...change }))];
}

function Switches({ state, words, change }: { state: State; words: Words; change(change: Partial<State>): void }) {
  return (
    <div class="switches">
      <label class="field">
        <span>{words.t("web.language")}</span>
        <select name="language" value={state.language} onChange={(event) => change({ language: event.currentTarget.value as Language })}>
          <option value="en" lang="en">English</option>
          <option value="fr" lang="fr">Français</option>
        </select>
      </label>
      <label class="field">
        <span>{words.t("web.theme")}</span>
        <select name="theme" value={state.theme} onChange={(event) => change({ theme: event.currentTarget.value as Theme })}>
          {(["auto", "light", "dark"] as const).map((theme) => <option key={theme} value={theme}>{words.t(`web.theme_${theme}`)}</option>)}
        </select>
      </label>
    </div>
  );
}

function summaryOf(embedded: Embedded, words: Words): string {
  const { analysis } = embedded;
  const parts = [words.counted("count.lines", analysis.lines), words.counted("count.files", analysis.input.length)];
  if (analysis.first !== null && analysis.last !== null) parts.unshift(words.period(analysis.first, analysis.last));
  return parts.join(" · ");
}

export function Report({ embedded }: { embedded: Embedded }) {
  const defaults: State = { from: null, to: null, app: null, page: "", language: embedded.language, theme: "auto" };
  const [state, change] = useAddress(defaults);
  const words = useMemo(() => wordsOf(embedded.messages, state.language), [state.language]);
  const selection = useMemo(() => select(embedded, state), [state.from, state.to, state.app, state.page]);
  useLayoutEffect(() => {
    document.documentElement.lang = state.language;
    document.title = `noctule · ${words.t("web.title")}`;
    if (state.theme === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = state.theme;
  }, [state.language, state.theme]);
  const common = { embedded, selection, words, change };
  const any = embedded.cube.rows.length > 0;
  return (
    <>
      <a class="skip" href="#results" onClick={(event) => { event.preventDefault(); document.getElementById("results")?.focus(); }}>{words.t("web.skip")}</a>
      <header>
        <div>
          <h1><span class="brand">noctule</span> {words.t("web.title")}</h1>
          <p class="summary">{summaryOf(embedded, words)}</p>
        </div>
        <Switches state={state} words={words} change={change} />
      </header>
      {any && <Filters embedded={embedded} state={state} words={words} change={change} />}
      <main id="results" tabIndex={-1}>
        <p class="hidden" aria-live="polite" role="status">{selection.filtered ? sentenceOf(embedded, selection, words).text : ""}</p>
        <Headline embedded={embedded} selection={selection} words={words} />
        <Warnings embedded={embedded} words={words} />
        {selection.total.arrivals > 0 && (
          <>
            <Comparison selection={selection} words={words} />
            <Trend selection={selection} words={words} />
            <Apps {...common} />
            <Pages {...common} />
          </>
        )}
        <Pastes {...common} />
        <Quality embedded={embedded} words={words} />
      </main>
      <footer><p>{words.t("web.footer", embedded.analysis.version)}</p></footer>
    </>
  );
}
