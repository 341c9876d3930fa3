import { beforeAfter } from "../facts/before-after.ts";
import type { RehearsedRun } from "../rehearsed-run.ts";
import { blocks, bullets, md, mdTable, mono } from "./md.ts";

/** This run beside an earlier one; null without one. At most `rows` changes and figures are shown. */
export function beforeAfterText(run: RehearsedRun, rows: number): string | null {
  const found = beforeAfter(run);
  if (found === null) return null;
  const left = found.changes.length - rows;
  return blocks([
    `Compared with ${md(found.before)}.`,
    found.notes.length === 0 ? null : `Not the same in both: ${md(found.notes.join("; "))}.`,
    found.changes.length === 0
      ? "No verdict, guarantee, outcome or timing changed beyond noise."
      : bullets([
          ...found.changes
            .slice(0, rows)
            .map(({ scenario, effect, text }) => `**${effect}** in ${mono(scenario)}: ${md(text)}`),
          ...(left > 0 ? [`${left} more changes: \`gameday compare\` lists all`] : []),
        ]),
    md(found.noise),
    rows === 0
      ? null
      : mdTable(
          ["Scenario", "", "Before", "Now"],
          found.figures
            .flatMap(({ scenario, rows: figures }) =>
              figures.map(({ what, before, after }) => [
                mono(scenario),
                md(what),
                md(before),
                md(after),
              ]),
            )
            .slice(0, rows),
        ),
  ]);
}
