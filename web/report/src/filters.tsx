// SPDX-License-Identifier: Apache-2.0
import { useId } from "preact/hooks";
import { dayNumber, isoDay, type Embedded } from "./data";
import { boundsOf } from "./selection";
import { isFiltered, type State } from "./state";
import { clean, type Words } from "./words";

const kSuggestionsMax = 200;

export function Filters(props: { embedded: Embedded; state: State; words: Words; change(change: Partial<State>): void }) {
  const { embedded, state, words, change } = props;
  const id = useId();
  const [first, last] = boundsOf(embedded);
  const appName = new Map(embedded.analysis.apps.map((app) => [app.id, app.name]));
  const day = (key: "from" | "to", text: string) => (
    <label class="field">
      <span>{text}</span>
      <input type="date" name={key} min={isoDay(first)} max={isoDay(last)} value={isoDay(state[key] ?? (key === "from" ? first : last))}
             onChange={(event) => {
               const value = dayNumber(event.currentTarget.value);
               const bound = key === "from" ? first : last;
               change({ [key]: Number.isFinite(value) && value !== bound ? value : null });
             }} />
    </label>
  );
  return (
    <search class="filters" aria-label={words.t("web.filters")} role="search">
      <form onSubmit={(event) => event.preventDefault()}>
        {day("from", words.t("web.from"))}
        {day("to", words.t("web.to"))}
        <label class="field">
          <span>{words.t("column.app")}</span>
          <select name="app" value={state.app ?? "*"}
                  onChange={(event) => change({ app: event.currentTarget.value === "*" ? null : event.currentTarget.value })}>
            <option value="*">{words.t("web.all_apps")}</option>
            {embedded.cube.apps.map((app) => (
              <option key={app} value={app}>{app === "" ? words.t("web.no_app") : clean(appName.get(app) || app)}</option>
            ))}
          </select>
        </label>
        <label class="field wide">
          <span>{words.t("web.page_contains")}</span>
          <input type="search" name="page" list={`${id}-pages`} value={state.page} autocomplete="off" spellcheck={false}
                 onInput={(event) => change({ page: event.currentTarget.value })} />
        </label>
        <datalist id={`${id}-pages`}>
          {embedded.cube.pages.slice(0, kSuggestionsMax).map((page) => <option key={page} value={page} />)}
        </datalist>
        <button type="button" class="reset" disabled={!isFiltered(state)}
                onClick={() => change({ from: null, to: null, app: null, page: "" })}>
          {words.t("web.reset")}
        </button>
      </form>
    </search>
  );
}
