import { expect, test } from "vitest";
import type { FaultSpec, Scenario } from "../model/scenario.ts";
import { loadPackaged } from "./load.ts";
import { planOf, renderList, renderPlan } from "./plan.ts";
import { checkSense, splitAvailable, withEviction } from "./sense.ts";

const { config, scenarios } = await loadPackaged();
const found = scenarios.find(({ id }) => id === "kill-consumer-between-commit-and-ack");
if (found === undefined) throw new Error("the scenario is gone");
const base = found;
const [kill] = base.faults;
if (kill === undefined) throw new Error("the fault is gone");

const check = (over: Partial<Scenario>) => () =>
  checkSense({ ...base, ...over }, { file: "x.scenario.ts", config });
const fault = (over: object): FaultSpec => Object.assign({ ...kill }, over);

test.each<[string, Partial<Scenario>, RegExp]>([
  [
    "an unknown boundary",
    { faults: [fault({ at: { boundary: "postgres.comit.applied" } })] },
    /unknown boundary "postgres\.comit\.applied"\. Did you mean "postgres\.commit\.applied"/,
  ],
  [
    "an API nobody declared",
    { faults: [fault({ at: { boundary: "http.stripe.applied" } })] },
    /unknown boundary "http\.stripe\.applied"/,
  ],
  [
    "an intent beyond the workload",
    { faults: [fault({ at: { ...kill.at, match: { intent: 61 } } })] },
    /intent 61, but the workload has only 60/,
  ],
  [
    "an intent where no record is named",
    { faults: [fault({ at: { boundary: "process.ready", match: { intent: 3 } } })] },
    /names no record, so it never meets intent 3/,
  ],
  [
    "an end that leaves no event",
    {
      faults: [fault({ fault: "pause", until: { boundary: "kafka.fetch.acknowledged" } })],
    },
    /until: kafka\.fetch\.acknowledged leaves no event to wait for/,
  ],
  [
    "an end with an occurrence",
    {
      faults: [fault({ fault: "pause", until: { boundary: "process.ready", match: { nth: 2 } } })],
    },
    /until: nth, victimOf and after are for the trigger/,
  ],
  [
    "an unknown instance",
    { faults: [fault({ at: { ...kill.at, match: { instance: "consumer-9" } } })] },
    /Did you mean "consumer-1"/,
  ],
  [
    "two faults for one frame",
    { faults: [kill, fault({ id: "other", heldFrame: "release" })] },
    /same frame as kill-after-commit/,
  ],
  [
    "two faults of one name",
    { faults: [kill, fault({ at: { boundary: "kafka.fetch.applied" } })] },
    /two faults are called/,
  ],
  [
    "a fate the boundary does not have",
    { faults: [fault({ heldFrame: "apply-late" })] },
    /only for http\.\*\.requested/,
  ],
  [
    "a drop where nothing is held",
    { faults: [fault({ at: { boundary: "postgres.commit.acknowledged" } })] },
    /holds no frame/,
  ],
  [
    "a drop of a fact",
    { faults: [fault({ at: { boundary: "process.ready" } })] },
    /holds no frame/,
  ],
  [
    "after a fault that is not declared before",
    { faults: [fault({ at: { ...kill.at, after: { fault: "x", moment: "healed" } } })] },
    /waits for fault "x"/,
  ],
  [
    "peers of a single broker",
    { faults: [fault({ fault: "partition-brokers", which: "leader" })] },
    /say brokers: 3/,
  ],
  [
    "a recovery limit below the session timeout",
    { eviction: "session-timeout", limits: { recoveryMsMax: 5_000 } },
    /evicted only after its session timeout of 6000 ms/,
  ],
  [
    "more traffic wanted than sent",
    { exercise: { eventsMin: 61, redelivery: "none" } },
    /eventsMin is 61/,
  ],
  [
    "a redelivery promised of an unknown fault",
    { exercise: { eventsMin: 50, redelivery: "in-flight-record", of: "kill" } },
    /exercise.of names fault "kill"/,
  ],
  [
    "a redelivery promised without a fault",
    { faults: [] },
    /promises redelivery "in-flight-record", but has no fault/,
  ],
  [
    "a zombie promised without a fault",
    { faults: [], exercise: { eventsMin: 50, redelivery: "none", zombie: true } },
    /promises a zombie, but has no fault/,
  ],
  [
    "a purge promised before no fault in particular",
    { exercise: { eventsMin: 50, redelivery: "none", purged: true } },
    /promises purged dedup rows, but not before which fault/,
  ],
  [
    "a promise that counts from an unknown fault",
    { exercise: { eventsMin: 50, redelivery: "none", since: "kil-after-commit" } },
    /exercise\.since.*Did you mean "kill-after-commit"/,
  ],
  [
    "changed rows where no statement is answered",
    { faults: [fault({ at: { ...kill.at, match: { changes: "DELETE" } } })] },
    /only known at postgres\.statement\.applied/,
  ],
  [
    "a command where no statement is answered",
    { faults: [fault({ at: { ...kill.at, match: { command: "DELETE" } } })] },
    /DELETE.* only known at postgres\.statement\.applied/,
  ],
  [
    "poison beyond the workload",
    { workload: { events: 60, accounts: 1, poison: [61] } },
    /poison names intent 61/,
  ],
  [
    "a hold for an unknown fault",
    {
      workload: {
        events: 60,
        accounts: 1,
        holds: [{ intent: 2, until: { fault: "kil-after-commit", moment: "healed" } }],
      },
    },
    /Did you mean "kill-after-commit"/,
  ],
])("%s is refused", (_, over, message) => {
  expect(check(over)).toThrow(message);
  expect(check(over)).toThrow(/^x\.scenario\.ts: /);
});

test.each(["none", "copy"] as const)("redelivery %s can be had without a fault", (redelivery) => {
  expect(check({ faults: [], exercise: { eventsMin: 50, redelivery } })).not.toThrow();
});

const local = { name: "local", brokers: 3, noClockStep: null, noPause: null } as const;

test("every scenario of the catalogue makes sense and can be carried out here", () => {
  for (const scenario of scenarios) {
    checkSense(scenario, { file: scenario.id, config });
    splitAvailable([scenario], local, { isNamed: true });
  }
});

test.each([
  [{ fault: "clock-step", stepMs: 60_000 }, /clock-step.* is not available: there is no libf/],
  [{ fault: "pause", until: "taken-over" }, /pause.* is not available: Windows has no SIGSTOP/],
  [{ fault: "pause-broker", until: "taken-over" }, /not available: Windows has no SIGSTOP/],
])("%o is refused with the reason where it cannot be done", (over, reason) => {
  const scenario = { ...base, faults: [fault(over)] };
  const noPause = "Windows has no SIGSTOP";
  const stack = { ...local, noClockStep: "there is no libfaketime", noPause };
  const split = (isNamed: boolean, all = [base, scenario]) =>
    splitAvailable(all, stack, { isNamed });
  expect(() => split(true)).toThrow(reason);
  expect(() => split(false, [scenario])).toThrow(reason);
  // Of a catalogue that nobody named one by one the rest is rehearsed.
  const { available, leftOut } = split(false, [base, { ...scenario, id: "y" }]);
  expect(available).toEqual([base]);
  expect(leftOut).toEqual([{ id: "y", reason: expect.stringMatching(reason) }]);
});

test("a plan names the payment a run with this seed would hit, and starts nothing", () => {
  const plan = planOf(base, { config, seed: 7 });
  expect(plan.faults).toMatchObject([
    {
      kind: "kill",
      when: expect.stringMatching(/^postgres\.commit\.applied of pay-000020-[0-9a-f]{8}$/),
    },
  ]);
  expect(planOf(base, { config, seed: 7 })).toEqual(plan);
  expect(renderPlan(plan).join("\n")).toMatch(/held frame: drop[\s\S]*in-flight-record/);
});

test("a purge promised of a configuration without dedup rows is refused", () => {
  const { dedup: _, ...database } = config.database;
  const exercise = { ...base.exercise, of: kill.id, purged: true };
  const around = { file: "x.scenario.ts", config: { ...config, database } };
  expect(() => checkSense({ ...base, exercise }, around)).toThrow(/declares none.*database\.dedup/);
  expect(check({ exercise })).not.toThrow();
});

test("a scenario that tells the subject a secret is refused", () => {
  const around = { file: "x.scenario.ts", config: { ...config, secrets: { env: ["API_TOKEN"] } } };
  const told = (name: string) => ({ ...base, subject: { env: { [name]: "12345678" } } });
  expect(() => checkSense(told("API_TOKEN"), around)).toThrow(/names API_TOKEN, which is a secret/);
  expect(() => checkSense(told("OTHER"), around)).not.toThrow();
});

test("a plan shows what the scenario tells the subject, and that rows must be purged", () => {
  const exercise = { ...base.exercise, of: kill.id, purged: true };
  const subject = { env: { DEDUP_RETENTION_MS: "8000" } };
  const text = renderPlan(planOf({ ...base, subject, exercise }, { config, seed: 7 })).join("\n");
  expect(text).toMatch(/subject {6}DEDUP_RETENTION_MS=8000\n[\s\S]*; dedup rows deleted before/);
  expect(renderPlan(planOf(base, { config, seed: 7 })).join("\n")).not.toMatch(
    /subject {6}|deleted/,
  );
});

test("an eviction from the command line is held to the same limits", () => {
  const hasty = { ...base, limits: { recoveryMsMax: 3_000 } };
  expect(() => withEviction(hasty, "session-timeout", config)).toThrow(/recoveryMsMax is 3000 ms/);
  expect(withEviction(base, "session-timeout", config).eviction).toBe("session-timeout");
  expect(withEviction(hasty, null, config)).toBe(hasty);
});

test("the list says where each scenario strikes and what must come of it", () => {
  expect(renderList(base).join("\n")).toMatch(
    /kill at postgres\.commit\.applied; again: in-flight-record; tags: /,
  );
});
