import { expect, test, vi } from "vitest";
import { brokenIn } from "../checker/calibrate-judge.ts";
import { variants } from "../../reference-service/variants/index.ts";
import { checked } from "../checker/check.ts";
import { checkers } from "../checker/guarantees.ts";
import { judgeRun } from "../checker/judge.ts";
import type { ScenarioResult } from "../model/result.ts";
import { apply, faultsOf, stepsOf, type Action } from "./actions.ts";
import { explore } from "./explore.ts";
import { check, historyOf, modelCheck } from "./model-check.ts";
import { carefulProtocol, type Protocol } from "./protocol.ts";
import { JUDGED } from "./run-history.ts";
import { protocolVariants } from "./variants/index.ts";
import type { State } from "./state.ts";
import { initialState, type Context, type World } from "./world.ts";
import { worlds } from "./worlds.ts";

// Work, not waiting: a machine that is busy with other things takes longer.
vi.setConfig({ testTimeout: 30_000 });

const oneFault: readonly World[] = Object.values(worlds).map((world) => ({
  ...world,
  faultsMax: 1,
}));
const contextOf = (world: World, protocol: Protocol): Context => ({
  world,
  protocolOf: () => protocol,
  sink: { emit: () => {} },
});

test.each(oneFault)("the careful protocol passes every history of $id", (world) => {
  const { careful } = modelCheck({ worlds: [world], variants: [] });
  expect(careful.map(({ notPassed }) => notPassed)).toEqual([[]]);
  expect(careful[0]?.histories).toBeGreaterThan(0);
});

test.each(protocolVariants)("$id is caught, by exactly $breaks", (variant) => {
  const { variants } = modelCheck({ worlds: [], variants: [variant], faultsMax: 1 });
  expect(variants[0]?.exact, `found ${variants[0]?.found.join(", ")}`).toBe(true);
  expect(variants[0]?.schedule.length).toBeGreaterThan(0);
});

test.each([
  ["reads no dedup row", worlds.consume, { payments: ["post", "outbox", "commit", "offset"] }],
  [
    "commits the offset first",
    worlds.consume,
    { payments: ["offset", "mark", "post", "outbox", "commit"] },
  ],
  ["forgets its outbox", worlds.consume, { payments: ["mark", "post", "commit", "offset"] }],
  ["publishes rows of any age", worlds["publish-order"], { relayTakes: "any-unpublished" }],
] satisfies [string, World, Partial<Protocol>][])("a protocol that %s is not careful", (...row) => {
  const [, world, change] = row;
  const { careful, isAsStated } = modelCheck({
    careful: { ...carefulProtocol, ...change },
    worlds: [world],
    variants: [],
    faultsMax: 1,
  });
  expect(isAsStated).toBe(false);
  expect(careful[0]?.notPassed.length).toBeGreaterThan(0);
  expect(careful[0]?.schedule.length).toBeGreaterThan(0);
});

const provenBy = (id: string) =>
  protocolVariants.filter(({ breaks }) => breaks.some((broken) => broken === id));
const proven = JUDGED.filter((id) => provenBy(id).length > 0);

test("every twin of the reference service is modelled, but for defects outside the protocol", () => {
  const modelled = protocolVariants.map(({ id }) => id);
  const twins = variants.map(({ id }) => id);
  expect(modelled.filter((id) => !twins.includes(id))).toEqual([]);
  expect(twins.filter((id) => !modelled.includes(id))).toEqual([
    // The model's producer is a plain one: without event ids it is relay-without-event-id.
    "relay-plain-producer",
    // The model has no effects of records that do not exist.
    "smoke-test-in-production",
    // The model's purge has no clock: it may run at any time, as in dedup-window-too-short.
    "purge-by-own-clock",
    // A runtime's.
    "handler-type-error",
    "no-pool-error-listener",
    "metrics-count-hits-as-effects",
  ]);
});

test("every guarantee that can be judged without a clock is proven by some defect", () => {
  expect(JUDGED.filter((id) => !proven.includes(id))).toEqual(["no-phantom-effects"]);
});

test.each(proven)("without the body of %s the model check is red", (id) => {
  const gutted = checkers.map((checker) =>
    checker.id === id ? { ...checker, check: () => checked([]) } : checker,
  );
  // The one whose world is explored soonest.
  const variants = provenBy(id)
    .toSorted((a, b) => Number(a.world === "relay") - Number(b.world === "relay"))
    .slice(0, 1);
  expect(modelCheck({ by: gutted, worlds: [], variants, faultsMax: 1 }).isAsStated).toBe(false);
});

test("a defect whose guarantees are wrongly stated turns the model check red", () => {
  const [variant] = protocolVariants.filter(({ id }) => id === "dedup-key-from-offset");
  if (variant === undefined) throw new Error("no such variant");
  const misstated = { ...variant, breaks: ["no-lost-effects"] as const };
  expect(modelCheck({ worlds: [], variants: [misstated], faultsMax: 0 }).isAsStated).toBe(false);
});

const everyStep: Parameters<typeof explore>[2] = (_, __, steps) => steps;
const endingsOf = (
  world: World,
  protocol: Protocol,
  reduce?: Parameters<typeof explore>[2],
): readonly string[] => {
  const context = contextOf(world, protocol);
  return explore(context, world.faultsMax, reduce)
    .endings.map(({ name }) => name)
    .sort();
};

test.each(oneFault.filter(({ id }) => id !== "relay"))(
  "the interleavings left out of $id end as one of the others does",
  (world) => {
    const all = endingsOf(world, carefulProtocol, everyStep);
    expect(endingsOf(world, carefulProtocol)).toEqual(all);
  },
);

test.each(["no-dedup", "ack-before-commit", "check-then-insert", "commits-offset-too-far"])(
  "the interleavings left out of %s end as one of the others does",
  (id) => {
    const variant = protocolVariants.find((candidate) => candidate.id === id);
    const protocol = { ...carefulProtocol, ...variant?.change };
    const world: World = { ...worlds.consume, faultsMax: 1 };
    const all = endingsOf(world, protocol, everyStep);
    expect(endingsOf(world, protocol)).toEqual(all);
  },
);

test.each(["no-dedup", "ack-before-commit", "swallowed-error-then-commit"])(
  "merging states loses no verdict of %s",
  (id) => {
    const variant = protocolVariants.find((candidate) => candidate.id === id);
    const protocol = { ...carefulProtocol, ...variant?.change };
    const world: World = {
      ...worlds.consume,
      records: worlds.consume.records.slice(0, 1),
      faultsMax: 1,
    };
    const context = contextOf(world, protocol);
    const verdictOf = (actions: readonly Action[]): string =>
      brokenIn(judgeRun(historyOf(context, id, actions))[0] as ScenarioResult).join(", ");
    const each = schedulesOf(context, initialState(world), []).map(verdictOf);
    const merged = explore(context, 1).endings.map(({ actions }) => verdictOf(actions));
    expect(new Set(merged)).toEqual(new Set(each));
    expect(each.length).toBeGreaterThan(merged.length);
  },
);

/** Every schedule, with nothing merged and nothing left out. */
function schedulesOf(
  context: Context,
  state: State,
  before: readonly Action[],
): readonly (readonly Action[])[] {
  const steps = stepsOf(context, state, context.world.explored);
  if (steps.length === 0) return [before];
  const faults = state.faults < context.world.faultsMax ? faultsOf(context, state) : [];
  return [...steps, ...faults].flatMap((action) =>
    schedulesOf(context, apply(context, state, action), [...before, action]),
  );
}

test("a simulated history says what a real one does: it is judged again to the same result", () => {
  const { endings } = check({
    world: { ...worlds.consume, faultsMax: 1 },
    variant: "no-dedup",
    protocolOf: () => ({ ...carefulProtocol, payments: ["post", "outbox", "commit", "offset"] }),
    by: checkers,
  });
  const broken = endings.find(({ result }) => result.verdict === "violated");
  const context = contextOf(worlds.consume, {
    ...carefulProtocol,
    payments: ["post", "outbox", "commit", "offset"],
  });
  const history = historyOf(context, "no-dedup", broken?.actions ?? []);
  const stored = JSON.parse(JSON.stringify(history)) as typeof history;
  expect(judgeRun(stored)[0]).toEqual(broken?.result);
  expect(new Set(stored.map(({ stream }) => stream))).toEqual(
    new Set(
      "header intent process membership delivery wire offset fault call assumption log effect phase".split(
        " ",
      ),
    ),
  );
});
