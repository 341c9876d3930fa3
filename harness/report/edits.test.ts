import { expect, test } from "vitest";
import { EDITS_TEMPLATE, mergedActions, parseEdits } from "./edits.ts";
import { renderRehearsal } from "./markdown/rehearsal-md.ts";
import { savedRun } from "./testing/saved-runs.ts";

test("the template says nothing: its examples are comments", () => {
  const { lines, added, assignments, unknown } = parseEdits(EDITS_TEMPLATE);
  expect(Object.values(lines).flat()).toEqual([]);
  expect([added, [...assignments], unknown]).toEqual([[], [], []]);
});

test.each([
  [
    "- no-lost-effects: owner: Kim; due: 2026-12-01",
    { owner: "Kim", due: "2026-12-01", isDone: false, text: "" },
  ],
  ["- [x] no-lost-effects: owner: Kim", { owner: "Kim", due: null, isDone: true, text: "" }],
  [
    "* no-lost-effects: see ticket 7; due: soon",
    { owner: null, due: "soon", isDone: false, text: "see ticket 7" },
  ],
])("%s assigns a generated item", (line, expected) => {
  const { assignments } = parseEdits(`## Action items\n${line}\n`);
  expect(assignments.get("no-lost-effects")).toEqual(expected);
});

test("an item of people's own keeps its words, owner and date", () => {
  const { added } = parseEdits(
    "## action items\r\n- [ ] Alert on lag: page Ash; owner: Ash; due: 2027-01-02\r\n",
  );
  expect(added).toEqual([
    { text: "Alert on lag: page Ash", owner: "Ash", due: "2027-01-02", isDone: false },
  ]);
});

test("an owner whose item is gone is shown, not dropped", () => {
  const edits = parseEdits("## Action items\n- gone-by-now: owner: Kim\n");
  expect(mergedActions([{ id: "still-there", text: "Do it." }], edits)).toMatchObject([
    { id: "still-there", owner: null },
    { id: "gone-by-now", owner: "Kim" },
  ]);
});

test("edits survive regeneration from another result, beside the facts", () => {
  const edits =
    "## Roles\n- Lead: Kim\n## Went well\n- The page was calm\n## Action items\n- no-duplicate-effects: owner: Ash; due: 2026-12-01\n## Wishes\n- a pony\n";
  for (const name of ["no-duplicate-effects", "pass"]) {
    const text = renderRehearsal({ ...savedRun(name), edits });
    expect(text).toContain("- Lead: Kim");
    expect(text).toContain("- The page was calm _(added by hand)_");
    expect(text).toMatch(/Owner: Ash\. Due: 2026-12-01\./);
    expect(text).toMatch(/headings that are none of this document: Wishes/);
  }
});
