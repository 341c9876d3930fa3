import { EDITS_FILE, merged, mergedActions, type Edits, type EditSection } from "../edits.ts";
import { retrospectiveOf } from "../facts/retrospective.ts";
import type { ScenarioFacts } from "../facts/scenario-facts.ts";
import type { StoredRun } from "../stored-run.ts";
import { bullets, md, section } from "./md.ts";

/** Went well, went wrong, got lucky, action items and notes: facts first, then what people added. */
export function retrospectiveBlocks(
  run: StoredRun,
  facts: readonly ScenarioFacts[],
  edits: Edits | null,
): readonly (string | null)[] {
  const found = retrospectiveOf(run, facts);
  const block = (name: EditSection, texts: readonly string[]): string | null => {
    const items = merged(texts, name, edits);
    return section(
      2,
      name,
      items.length === 0
        ? "Nothing that the evidence shows."
        : bullets(
            items.map(({ text, isByHand }) => `${md(text)}${isByHand ? " _(added by hand)_" : ""}`),
          ),
    );
  };
  const actions = mergedActions(found.actions, edits).map(
    ({ id, text, owner, due, isDone }) =>
      `[${isDone ? "x" : " "}] ${md(text)} Owner: ${md(owner ?? "nobody yet")}. Due: ${md(due ?? "no date")}.${id === null ? "" : ` (${md(id)})`}`,
  );
  const notes = merged([], "Notes", edits).map(({ text }) => md(text));
  const unknown = edits?.unknown ?? [];
  return [
    block("Went well", found.well),
    block("Went wrong", found.wrong),
    block("Got lucky", found.lucky),
    section(
      2,
      "Action items",
      actions.length === 0 ? "The facts call for none." : bullets(actions),
    ),
    notes.length === 0 ? null : section(2, "Notes", bullets(notes)),
    unknown.length === 0
      ? null
      : `_Not shown, because ${EDITS_FILE} has headings that are none of this document: ${md(unknown.join(", "))}._`,
  ];
}
