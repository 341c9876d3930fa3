import { expect, test } from "vitest";
import { GUARANTEES, type GuaranteeId } from "../model/guarantee.ts";
import { OUTCOMES, type Outcome } from "../model/verdict.ts";
import { brokenIn } from "./calibrate-judge.ts";
import { judgeRun } from "./judge.ts";
import { SAVED, savedEvents } from "./testing/saved.ts";

/** What no saved real run shows, and why; judged on made-up histories instead. */
const NOT_SAVED: Readonly<Partial<Record<GuaranteeId | Outcome, string>>> = {
  recovered:
    "the harness's own producer goes around the links: only a broker's crash loses its answer",
  stalled:
    "needs events untouched at the deadline; what stops the reference service leaves parts done",
};

const shown = SAVED.flatMap((name) =>
  judgeRun(savedEvents(name)).map((result) => ({
    name,
    broken: brokenIn(result),
    outcomes: OUTCOMES.filter((outcome) => result.outcomes[outcome] > 0),
    verdict: result.verdict,
  })),
);

test.each([...GUARANTEES])("%s is broken by a saved real run, or it is said why not", (id) => {
  const by = shown.filter(({ broken }) => broken.includes(id)).map(({ name }) => name);
  expect(by.length === 0, by.join()).toBe(NOT_SAVED[id] !== undefined);
});

test.each([...OUTCOMES])("outcome %s is in a saved real run, or it is said why not", (outcome) => {
  const by = shown.filter(({ outcomes }) => outcomes.includes(outcome)).map(({ name }) => name);
  expect(by.length === 0, by.join()).toBe(NOT_SAVED[outcome] !== undefined);
});

test("each saved real run shows the guarantee it is named after, a pass or an inconclusive end", () => {
  for (const name of SAVED) {
    const runs = shown.filter((run) => run.name === name);
    const isNamed = runs.some(
      ({ broken, verdict }) => broken.some((id) => id === name) || name.startsWith(verdict),
    );
    expect(isNamed, name).toBe(true);
  }
});
