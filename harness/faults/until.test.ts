import { expect, test } from "vitest";
import type { FaultField } from "../ports/fault.ts";
import { HarnessError } from "../model/errors.ts";
import type { SubjectProcess } from "../ports/subject.ts";
import { endAt } from "./end-at.ts";
import { comeback } from "./kill.ts";
import { hold } from "./hold.ts";
import { lockTable } from "./lock-table.ts";
import { pause } from "./pause.ts";
import { resetOffsets } from "./reset-offsets.ts";

const at = { boundary: "postgres.statement.requested", match: { intent: 1 } } as const;
const IN_VAIN = "waited 20000 ms for what never comes, in vain.";

/** A field on which nothing that is waited for ever comes. */
function barren(steps: string[]): FaultField {
  const field: Partial<FaultField> = {
    victim: "consumer-1",
    instances: ["consumer-1"],
    frame: {
      boundary: at.boundary,
      instance: "consumer-1",
      key: "pay-1",
      eventId: null,
      position: null,
    },
    seen: () => Promise.reject(new Error(IN_VAIN)),
    lockTable: (table) => {
      steps.push(`lock ${table}`);
      return Promise.resolve({
        [Symbol.asyncDispose]: () => Promise.resolve(void steps.push(`let go ${table}`)),
      });
    },
    isRunning: () => false,
    resetOffsets: () => Promise.reject(new Error("the group is not empty")),
    start: (instance) => Promise.resolve(void steps.push(`start ${instance}`)),
  };
  return field as FaultField;
}

test("a hold whose condition never comes has failed", async () => {
  const spec = { id: "f", fault: "hold", at, heldFrame: "release", until: "all-sent" } as const;
  await expect(hold.inject(spec, barren([])).carryOut()).rejects.toThrow(IN_VAIN);
});

test("a lock that nobody ran into has failed, and is let go all the same", async () => {
  const steps: string[] = [];
  const injection = lockTable.inject(
    {
      id: "f",
      fault: "lock-table",
      at,
      heldFrame: "release",
      table: "payments",
      until: "statement-refused",
    },
    barren(steps),
  );
  await injection.carryOut();
  await expect(injection.heal()).rejects.toThrow(IN_VAIN);
  expect(steps).toEqual(["lock payments", "let go payments"]);
});

test("offsets that could not be reset: what was stopped is started again", async () => {
  const steps: string[] = [];
  let isUp = true;
  const field: FaultField = {
    ...barren(steps),
    isRunning: () => isUp,
    expectExit: () => {
      isUp = false;
      throw new Error("it will not go");
    },
  };
  const spec = { id: "f", fault: "reset-offsets", at, heldFrame: "release" } as const;
  const injection = resetOffsets.inject(spec, field);
  await expect(injection.carryOut()).rejects.toThrow("it will not go");
  await injection.heal();
  expect(steps).toEqual(["start consumer-1"]);
});

test("a pause whose end never comes is ended all the same, and has failed", async () => {
  const steps: string[] = [];
  const process: Partial<SubjectProcess> = {
    pid: 7,
    signal: (signal) => void steps.push(signal),
    isStopped: () => Promise.resolve(true),
  };
  const field: FaultField = {
    ...barren(steps),
    signalled: () => process as SubjectProcess,
    evict: () => Promise.resolve(),
  };
  const injection = pause.inject(
    { id: "f", fault: "pause", at, heldFrame: "release", until: "taken-over" },
    field,
  );
  await injection.carryOut();
  await expect(injection.heal()).rejects.toThrow(IN_VAIN);
  expect(steps).toEqual(["SIGSTOP", "SIGCONT"]);
});

test.each([
  ["nobody to take over", ["consumer-1"], "there was nobody to take over"],
  ["another instance", ["consumer-1", "consumer-2"], "taken over"],
])("a victim with %s comes back", async (_, instances, said) => {
  const steps: string[] = [];
  const field: FaultField = {
    ...barren(steps),
    instances,
    isRunning: (instance) => instance !== "consumer-1",
    evict: () => Promise.resolve(),
    until: () => Promise.resolve("taken over"),
  };
  expect(await comeback(field, true).heal()).toBe(`${said}; consumer-1 was started again`);
  expect(steps).toEqual(["start consumer-1"]);
});

test("an interrupted wait is no failure: the fault is undone and the heal says so", async () => {
  const field: FaultField = {
    ...barren([]),
    seen: () => Promise.reject(new HarnessError("interrupted", "interrupted while waiting.")),
  };
  const undone = await endAt(field, "all-sent", () => Promise.resolve("it is undone"));
  expect(undone).toBe("interrupted while waiting. it is undone");
});
