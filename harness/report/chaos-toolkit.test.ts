import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { chaosToolkit } from "./chaos-toolkit.ts";
import { failedRun, HOSTILE, hostileRun, savedRun, savedRuns, whole } from "./testing/runs.ts";

const text = { type: "string" };
const time = {
  type: "string",
  pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$",
};
const strict = (properties: object, optional: object = {}) => ({
  type: "object",
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
});
const activity = strict(
  {
    type: { enum: ["probe", "action"] },
    name: { ...text, minLength: 1 },
    provider: strict({ type: { enum: ["python", "http", "process"] }, path: text }),
  },
  { tolerance: true },
);
const activityRun = {
  activity,
  status: { enum: ["succeeded", "failed"] },
  start: time,
  end: time,
  duration: { type: "number", minimum: 0 },
  output: { type: ["string", "null"] },
};
const outcome = strict({
  steady_state_met: { type: "boolean" },
  probes: {
    type: "array",
    items: strict({ ...activityRun, tolerance_met: { type: "boolean" } }),
  },
});
/** As the Chaos Toolkit's reference pages "Experiment Journal" and "Experiment" put it. */
const published = strict(
  {
    experiment: strict(
      { title: text, description: text, method: { type: "array", items: activity } },
      {
        tags: { type: "array", items: text },
        "steady-state-hypothesis": strict({
          title: text,
          probes: { type: "array", items: activity },
        }),
        rollbacks: { type: "array", items: activity },
      },
    ),
    status: { enum: ["completed", "failed", "aborted"] },
    start: time,
    end: time,
    duration: { type: "number", minimum: 0 },
  },
  {
    steady_states: { type: "object", properties: { before: outcome, after: outcome } },
    run: { type: "array", items: strict(activityRun) },
    rollbacks: { type: "array", items: strict(activityRun) },
    platform: text,
    node: text,
  },
);

interface Journal {
  readonly status: string;
  readonly deviated: boolean;
  readonly steady_states: { readonly after: { readonly steady_state_met: boolean } };
  readonly run: readonly { readonly status: string; readonly output: string }[];
  readonly rollbacks: readonly { readonly status: string }[];
}

const validate = new Ajv2020({ allowUnionTypes: true }).compile(published);

function journalOf(result: Parameters<typeof whole>[0]): Journal {
  const journal: unknown = JSON.parse(chaosToolkit.render(whole(result)));
  validate(journal);
  expect(validate.errors).toBeNull();
  return journal as Journal;
}

test.each([...savedRuns])("the journal of %s has the published structure", (_, result) => {
  const journal = journalOf(result);
  expect(journal.deviated).toBe(result.verdict === "violated");
  expect(journal.steady_states.after.steady_state_met).toBe(result.verdict === "pass");
  expect(journal.status).toBe("completed");
});

test("a fault that never fired failed, and nothing of it is rolled back", () => {
  const journal = journalOf(savedRun("inconclusive-never-fired"));
  expect(journal.run.map(({ status, output }) => [status, output])).toEqual([
    ["failed", "never fired"],
  ]);
  expect(journal.rollbacks).toEqual([]);
});

test.each([
  ["environment", "failed"],
  ["interrupted", "aborted"],
] as const)("a run that ended as %s is %s", (verdict, status) => {
  expect(journalOf(failedRun(verdict, "why")).status).toBe(status);
});

test.each(HOSTILE.map((hostile) => [hostile.slice(0, 20), hostile]))(
  "hostile text keeps the structure and a bounded size: %j",
  (_, hostile) => {
    journalOf(hostileRun(hostile));
    const rendered = chaosToolkit.render(whole(hostileRun(hostile)));
    expect(rendered.length).toBeLessThan(1_000_000);
  },
);

test("the structure finds a journal without its status", () => {
  expect(validate({ experiment: {}, start: "now" })).toBe(false);
});
