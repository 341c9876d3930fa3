import { expect, test } from "vitest";
import type { FrameMet } from "../model/history.ts";
import type { FaultSpec } from "../model/scenario.ts";
import { TriggerGate } from "./trigger-gate.ts";

const frame = (over: Partial<FrameMet> = {}): FrameMet => ({
  boundary: "postgres.commit.applied",
  instance: "consumer-1",
  key: "pay-1",
  eventId: "evt-1",
  position: null,
  ...over,
});
const spec = (match: NonNullable<FaultSpec["at"]["match"]>): FaultSpec => ({
  id: "kill",
  fault: "kill",
  at: { boundary: "postgres.commit.applied", match },
  heldFrame: "drop",
  restart: true,
});
const gateFor = (fault: FaultSpec, key: string | null) => {
  const met: FrameMet[] = [];
  const gate = new TriggerGate((_, seen) => {
    met.push(seen);
    return Promise.resolve("drop");
  });
  gate.arm({ spec: fault, key });
  return { gate, met };
};

test("a frame of another boundary, key or instance passes", () => {
  const { gate } = gateFor(spec({ instance: "consumer-1" }), "pay-1");
  expect(gate.meet(frame({ boundary: "postgres.commit.requested" }))).toBeNull();
  expect(gate.meet(frame({ key: "pay-2" }))).toBeNull();
  expect(gate.meet(frame({ instance: "consumer-2" }))).toBeNull();
  expect(gate.isWaiting()).toBe(true);
});

test("the matching frame is held once and never again", async () => {
  const { gate, met } = gateFor(spec({}), "pay-1");
  await expect(gate.meet(frame())).resolves.toBe("drop");
  expect(gate.meet(frame())).toBeNull();
  expect(met).toHaveLength(1);
});

test("the nth match is counted over what the rest of the match lets through", () => {
  const { gate, met } = gateFor(spec({ nth: 2 }), null);
  expect(gate.meet(frame({ key: "pay-5" }))).toBeNull();
  expect(gate.meet(frame({ boundary: "kafka.offset-commit.applied" }))).toBeNull();
  expect(gate.meet(frame({ key: "pay-6" }))).not.toBeNull();
  expect(met[0]?.key).toBe("pay-6");
});
