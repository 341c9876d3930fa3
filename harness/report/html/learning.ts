import type { VNode } from "preact";
import { EDITS_FILE, merged, mergedActions, type Edits, type EditSection } from "../edits.ts";
import { adviceOf } from "../facts/advice.ts";
import type { Retrospective } from "../facts/retrospective.ts";
import type { ScenarioFacts } from "../facts/scenario-facts.ts";
import { code, el, list, table, type Child } from "./el.ts";

/** What went well, wrong, and well by luck; what to do, by whom, by when. */
export function retrospective(facts: Retrospective, edits: Edits | null): readonly Child[] {
  const actions = mergedActions(facts.actions, edits);
  const notes = merged([], "Notes", edits);
  return [
    el(
      "div",
      { class: "columns" },
      column("Went well", facts.well, edits),
      column("Went wrong", facts.wrong, edits),
      column("Got lucky", facts.lucky, edits),
    ),
    el("h4", null, "Action items"),
    actions.length === 0
      ? el("p", { class: "hint" }, "The facts call for none.")
      : table(
          { caption: "Action items", columns: ["What", "Owner", "Due", "State", "Name"] },
          actions.map(({ text, owner, due, isDone, id }) => [
            text,
            owner ?? el("span", { class: "muted" }, "nobody yet"),
            due ?? el("span", { class: "muted" }, "no date"),
            isDone ? "done" : "open",
            id === null ? "by hand" : code(id),
          ]),
        ),
    notes.length === 0
      ? null
      : el("div", null, el("h4", null, "Notes"), list(notes.map(({ text }) => text))),
    (edits?.unknown ?? []).length === 0
      ? null
      : el(
          "p",
          { class: "note" },
          `Not shown, because ${EDITS_FILE} has headings that are none of this document: ${edits?.unknown.join(", ")}.`,
        ),
    el(
      "p",
      { class: "hint" },
      "Facts fill this in; people add to it in ",
      code(EDITS_FILE),
      " beside the report, which is never written over.",
    ),
  ];
}

function column(name: EditSection, facts: readonly string[], edits: Edits | null): VNode {
  const items = merged(facts, name, edits);
  return el(
    "div",
    null,
    el("h4", null, name),
    items.length === 0
      ? el("p", { class: "hint" }, "Nothing that the evidence shows.")
      : list(
          items.map(({ text, isByHand }) =>
            el(
              "span",
              null,
              text,
              isByHand ? el("span", { class: "muted" }, " (added by hand)") : null,
            ),
          ),
        ),
  );
}

export function advice(facts: readonly ScenarioFacts[]): readonly Child[] {
  return adviceOf(facts).map(({ guarantee, text, evidence, scenario }) =>
    el(
      "div",
      { class: "advice" },
      el("p", { class: "lead" }, text),
      el(
        "p",
        { class: "muted" },
        "Because ",
        code(guarantee),
        ` broke in ${scenario}: ${evidence}`,
      ),
    ),
  );
}
