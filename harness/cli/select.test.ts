import { expect, test } from "vitest";
import type { Scenario } from "../model/scenario.ts";
import { selected, shardOf } from "./select.ts";

const scenario = (id: string, tags: readonly string[]): Scenario => ({
  id,
  title: `about ${id}`,
  story: "",
  hypothesis: "",
  runbook: "",
  tags,
  instances: 1,
  api: "idempotent-replay",
  workload: { events: 1, accounts: 1 },
  faults: [],
  guarantees: ["no-lost-effects"],
  exercise: { eventsMin: 1, redelivery: "none" },
  limits: { recoveryMsMax: 1 },
  drainTimeoutMs: 1,
});
const catalogue = [
  scenario("baseline", ["control"]),
  scenario("kill-consumer", ["crash"]),
  scenario("kill-relay", ["crash", "outbox"]),
  scenario("pause-consumer", ["zombie"]),
];
const ids = (selection: Parameters<typeof selected>[1]): readonly string[] =>
  selected(catalogue, selection).map(({ id }) => id);

test.each<[string, Parameters<typeof selected>[1], readonly string[]]>([
  ["everything", {}, ["baseline", "kill-consumer", "kill-relay", "pause-consumer"]],
  ["a filter by id", { filter: ["kill"] }, ["kill-consumer", "kill-relay"]],
  ["-g over id, title and tags", { grep: "zombie|base" }, ["baseline", "pause-consumer"]],
  ["-g as an expression", { grep: "^kill-.*outbox" }, ["kill-relay"]],
  ["a tag", { tag: ["crash"] }, ["kill-consumer", "kill-relay"]],
  ["any of two tags", { tag: ["outbox", "control"] }, ["baseline", "kill-relay"]],
  ["what failed last time", { lastFailed: new Set(["kill-relay"]) }, ["kill-relay"]],
  ["both", { tag: ["crash"], lastFailed: new Set(["kill-relay", "baseline"]) }, ["kill-relay"]],
  ["first shard", { shard: { index: 1, total: 3 } }, ["baseline", "pause-consumer"]],
  ["last shard", { shard: { index: 3, total: 3 } }, ["kill-relay"]],
  [
    "repeats beside each other",
    { filter: ["relay"], repeatEach: 3 },
    ["kill-relay.1", "kill-relay.2", "kill-relay.3"],
  ],
  ["one repeat is the scenario itself", { filter: ["base"], repeatEach: 1 }, ["baseline"]],
])("selects %s", (_, selection, expected) => {
  expect(ids(selection)).toEqual(expected);
});

test("shards have every scenario once", () => {
  const shards = [1, 2, 3].flatMap((index) => ids({ shard: { index, total: 3 } }));
  expect([...shards].sort()).toEqual(ids({}));
});

test.each<[string, Parameters<typeof selected>[1], RegExp]>([
  ["a tag nobody has", { tag: ["crahs"] }, /Unknown tag "crahs". Did you mean "crash"/],
  ["an expression that matches nothing", { grep: "baselin$" }, /Did you mean "baseline"/],
  ["an expression that is none", { grep: "(" }, /no regular expression/],
  ["more shards than scenarios", { shard: { index: 1, total: 5 } }, /at most 4 shards/],
  ["filters that leave nothing", { filter: ["base"], tag: ["crash"] }, /No scenario is left/],
])("refuses %s", (_, selection, message) => {
  expect(() => ids(selection)).toThrow(message);
});

test.each(["0/3", "4/3", "1", "a/b", "1/0", "-1/3", "1.5/2"])("refuses the shard %s", (text) => {
  expect(() => shardOf(text)).toThrow(/--shard must be i\/n/);
});

test("reads a shard", () => {
  expect(shardOf("2/5")).toEqual({ index: 2, total: 5 });
});
