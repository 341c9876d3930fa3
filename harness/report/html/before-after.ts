import type { Change } from "../compare.ts";
import { beforeAfter } from "../facts/before-after.ts";
import type { RehearsedRun } from "../rehearsed-run.ts";
import type { Budget } from "./budget.ts";
import { chip, code, el, leftOut, list, table, type Child } from "./el.ts";

const TONES = { regression: "bad", unclear: "warn", improvement: "good" } as const;
/** Figures beside each other are for so many; scenarios with a change come first. */
const SCENARIOS_MAX = 12;

/** This run beside an earlier one: changes first, then the figures. Empty without an earlier run. */
export function beforeAfterPart(run: RehearsedRun, { rows }: Budget): readonly Child[] {
  const found = beforeAfter(run);
  if (found === null) return [];
  const shown = found.figures.slice(0, SCENARIOS_MAX);
  return [
    el("p", null, `Compared with ${found.before}.`),
    ...(found.notes.length === 0
      ? []
      : [el("p", { class: "muted" }, `Not the same in both: ${found.notes.join("; ")}.`)]),
    found.changes.length === 0
      ? el("p", null, "No verdict, guarantee, outcome or timing changed beyond noise.")
      : list(found.changes.slice(0, rows).map(changeItem)),
    leftOut(Math.min(rows, found.changes.length), found.changes.length, "changes"),
    el("p", { class: "muted" }, found.noise),
    ...shown.map(({ scenario, rows: figures }) =>
      table(
        {
          caption: `Before and after: ${scenario}`,
          columns: [scenario, "Before", "Now"],
          numeric: [1, 2],
        },
        figures.map(({ what, before, after }) => [what, before, after]),
      ),
    ),
    leftOut(shown.length, found.figures.length, "scenarios"),
  ];
}

function changeItem({ scenario, effect, text }: Change): Child {
  return el("span", null, chip(TONES[effect], effect), " ", code(scenario), `: ${text}`);
}
