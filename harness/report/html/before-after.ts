import type { Change } from "../compare.ts";
import { beforeAfter } from "../facts/before-after.ts";
import type { RehearsedRun } from "../rehearsed-run.ts";
import type { Budget } from "./budget.ts";
import { chip, code, el, leftOut, list, table, type Child } from "./el.ts";

const TONES = { regression: "bad", unclear: "warn", improvement: "good" } as const;
/** A run of many scenarios lists its changes; figures beside each other are for the first of them. */
const ROWS_MAX = 80;

/** This run beside an earlier one: changes first, then the figures. Empty without an earlier run. */
export function beforeAfterPart(run: RehearsedRun, { rows }: Budget): readonly Child[] {
  const found = beforeAfter(run);
  if (found === null) return [];
  const max = Math.min(rows, ROWS_MAX);
  const shown = found.rows.slice(0, max);
  return [
    el("p", null, `Compared with ${found.before}.`),
    ...(found.notes.length === 0
      ? []
      : [el("p", { class: "muted" }, `Not the same in both: ${found.notes.join("; ")}.`)]),
    found.changes.length === 0
      ? el("p", null, "No verdict, guarantee, outcome or timing changed beyond noise.")
      : list(found.changes.slice(0, max).map(changeItem)),
    leftOut(Math.min(max, found.changes.length), found.changes.length, "changes"),
    el("p", { class: "muted" }, found.noise),
    table(
      {
        caption: "Before and after",
        columns: ["Scenario", "", "Before", "Now"],
        numeric: [2, 3],
      },
      shown.map(({ scenario, what, before, after }) => [code(scenario), what, before, after]),
    ),
    leftOut(shown.length, found.rows.length, "figures"),
  ];
}

function changeItem({ scenario, effect, text }: Change): Child {
  return el("span", null, chip(TONES[effect], effect), " ", code(scenario), `: ${text}`);
}
