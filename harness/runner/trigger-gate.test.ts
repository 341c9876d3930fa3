import { expect, test } from "vitest";
import type { FrameMet } from "../model/history.ts";
import type { FaultSpec } from "../model/scenario.ts";
import type { FrameAtBoundary, HeldFrameDecision } from "../ports/tap.ts";
import { TriggerGate, type ArmedFault } from "./trigger-gate.ts";

const about = (...keys: readonly string[]): Pick<FrameAtBoundary, "named"> => ({
  named: keys.map((key) => ({ key, eventId: key.replace("pay", "evt") })),
});
const frame = (over: Partial<FrameAtBoundary> = {}): FrameAtBoundary => ({
  boundary: "postgres.commit.applied",
  instance: "consumer-1",
  ...about("pay-1"),
  ...over,
});
const spec = (match: NonNullable<FaultSpec["at"]["match"]>, id = "kill"): FaultSpec => ({
  id,
  fault: "kill",
  at: { boundary: "postgres.commit.applied", match },
  heldFrame: "drop",
  restart: true,
});

const at = { boundary: "postgres.commit.applied", instance: "consumer-1" };

/** A gate with these faults armed; what each of them met, by its id. */
function armed(
  faults: readonly ArmedFault[],
  fateOf: (id: string) => HeldFrameDecision = () => "drop",
) {
  const met: [string, FrameMet][] = [];
  const gate = new TriggerGate((fault, seen) => {
    met.push([fault.spec.id, seen]);
    gate.noteMoment(fault.spec.id, "fired", seen.instance);
    return Promise.resolve(fateOf(fault.spec.id));
  });
  for (const fault of faults) gate.arm(fault);
  return { gate, met };
}

test("a frame of another boundary, key or instance passes", () => {
  const { gate } = armed([{ spec: spec({ instance: "consumer-1" }), key: "pay-1" }]);
  expect(gate.meet(frame({ boundary: "postgres.commit.requested" }))).toBeNull();
  expect(gate.meet(frame(about("pay-2")))).toBeNull();
  expect(gate.meet(frame(about()))).toBeNull();
  expect(gate.meet(frame({ instance: "consumer-2" }))).toBeNull();
  expect(gate.isWaiting()).toBe(true);
});

test("the matching frame is held once and never again", async () => {
  const { gate, met } = armed([{ spec: spec({}), key: "pay-1" }]);
  await expect(gate.meet(frame())).resolves.toBe("drop");
  expect(gate.meet(frame())).toBeNull();
  expect(met).toHaveLength(1);
});

test("a fault learns the key its trigger names, whichever the frame names first", async () => {
  const { gate, met } = armed([
    { spec: spec({}, "named"), key: "pay-2" },
    { spec: spec({}, "any"), key: null },
  ]);
  await gate.meet(frame(about("pay-1", "pay-2", "pay-3")));
  expect(met).toEqual([
    ["named", { ...at, key: "pay-2", eventId: "evt-2", position: null }],
    ["any", { ...at, key: "pay-1", eventId: "evt-1", position: null }],
  ]);
});

test("a frame that names nobody meets a trigger for any", async () => {
  const { gate, met } = armed([{ spec: spec({}), key: null }]);
  await gate.meet(frame(about()));
  expect(met).toEqual([["kill", { ...at, key: null, eventId: null, position: null }]]);
});

test("the nth match counts frames that the rest of the match lets through, not keys", () => {
  const { gate, met } = armed([{ spec: spec({ nth: 2 }), key: null }]);
  expect(gate.meet(frame(about("pay-3", "pay-4", "pay-5")))).toBeNull();
  expect(gate.meet(frame({ boundary: "kafka.offset-commit.applied" }))).toBeNull();
  expect(gate.meet(frame(about("pay-6")))).not.toBeNull();
  expect(met.map(([, seen]) => seen.key)).toEqual(["pay-6"]);
});

test.each([
  ["DELETE 0", false],
  ["DELETE 12", true],
  ["INSERT 0 12", false],
  [null, false],
])("a trigger on deleted rows, at an answer %s: %s", (tag, isMet) => {
  const { gate } = armed([{ spec: spec({ changes: "DELETE" }), key: null }]);
  expect(gate.meet(frame({ tag })) !== null).toBe(isMet);
});

test.each([
  ["DELETE 0", true],
  ["DELETE 12", true],
  ["INSERT 0 12", false],
  [null, false],
])("a trigger on a DELETE of any size, at an answer %s: %s", (tag, isMet) => {
  const { gate } = armed([{ spec: spec({ command: "DELETE" }), key: null }]);
  expect(gate.meet(frame({ tag })) !== null).toBe(isMet);
});

test("an INSERT's tag counts its rows behind an object id", () => {
  const { gate } = armed([{ spec: spec({ changes: "INSERT" }), key: null }]);
  expect(gate.meet(frame({ tag: "INSERT 0 0" }))).toBeNull();
  expect(gate.meet(frame({ tag: "INSERT 0 1" }))).not.toBeNull();
});

test("overlapping triggers all fire at one frame, and each counts it", () => {
  const { gate, met } = armed([
    { spec: spec({}, "first"), key: "pay-1" },
    { spec: spec({ nth: 2 }, "second"), key: null },
    { spec: spec({}, "third"), key: null },
  ]);
  expect(gate.meet(frame())).not.toBeNull();
  expect(met.map(([id]) => id)).toEqual(["first", "third"]);
  expect(gate.meet(frame(about("pay-2")))).not.toBeNull();
  expect(met.map(([id]) => id)).toEqual(["first", "third", "second"]);
  expect(gate.isWaiting()).toBe(false);
});

test("a trigger that waits for another fault meets a later frame, not the one that fired it", () => {
  const second = spec({}, "second");
  const after = { fault: "first", moment: "fired" } as const;
  const { gate, met } = armed([
    { spec: spec({}, "first"), key: null },
    { spec: { ...second, at: { ...second.at, after } }, key: null },
  ]);
  void gate.meet(frame());
  expect(met.map(([id]) => id)).toEqual(["first"]);
  void gate.meet(frame());
  expect(met.map(([id]) => id)).toEqual(["first", "second"]);
});

test.each<[HeldFrameDecision, HeldFrameDecision, HeldFrameDecision]>([
  ["release", "release", "release"],
  ["release", "drop", "drop"],
  ["apply-late", "drop", "drop"],
  ["release", "apply-twice", "apply-twice"],
])("of the fates %s and %s the frame gets %s", async (one, other, expected) => {
  const { gate } = armed(
    [
      { spec: spec({}, "one"), key: null },
      { spec: spec({}, "other"), key: null },
    ],
    (id) => (id === "one" ? one : other),
  );
  expect(await gate.meet(frame())).toBe(expected);
});
