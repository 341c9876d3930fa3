import { expect, test } from "vitest";
import type { EventBody } from "../model/history.ts";
import type { FrameAtBoundary, Gate, HeldFrameDecision } from "../ports/tap.ts";
import { meetBoundary, type Meeting } from "./hold.ts";

const named = ["pay-1", "pay-2"].map((key) => ({ key, eventId: `of ${key}` }));
const meeting = (over: Partial<Meeting> = {}): Meeting => ({
  boundary: "kafka.offset-commit.applied",
  instance: "consumer-1",
  named,
  tag: "0",
  ...over,
});

/** What a gate was asked, and what the journal says afterwards. */
function means(fate: Promise<HeldFrameDecision> | null) {
  const events: EventBody[] = [];
  const asked: FrameAtBoundary[] = [];
  const gate: Gate = {
    meet: (frame) => {
      asked.push(frame);
      return fate;
    },
  };
  const actions = () => events.map((event) => (event.stream === "wire" ? event.action : event));
  return { gate, recorder: { record: (event: EventBody) => events.push(event) }, asked, actions };
}

test("a frame is announced once, with every intent it is about", () => {
  const rig = means(null);
  expect(meetBoundary(meeting(), rig)).toBeNull();
  expect(rig.asked).toEqual([
    { boundary: "kafka.offset-commit.applied", instance: "consumer-1", named, tag: "0" },
  ]);
  expect(rig.actions()).toEqual(["passed"]);
});

test.each<[HeldFrameDecision, string]>([
  ["release", "released"],
  ["drop", "dropped"],
])("a held frame whose fate is %s is recorded as held, then %s", async (fate, action) => {
  const rig = means(Promise.resolve(fate));
  expect(await meetBoundary(meeting(), rig)).toBe(fate);
  expect(rig.actions()).toEqual(["held", action]);
});

test("a gate that fails drops the frame", async () => {
  const rig = means(Promise.reject(new Error("no")));
  expect(await meetBoundary(meeting(), rig)).toBe("drop");
  expect(rig.actions()).toEqual(["held", "dropped"]);
});

test.each<[string, () => Promise<HeldFrameDecision> | null]>([
  ["drops", () => Promise.resolve("drop")],
  ["fails", () => Promise.reject(new Error("no"))],
  ["waits for nothing", () => null],
])(
  "what the subject was told already has passed, though the gate %s: nothing is held",
  async (_, fate) => {
    const rig = means(fate());
    const boundary = "kafka.offset-commit.acknowledged";
    expect(await meetBoundary(meeting({ boundary }), rig)).toBeNull();
    expect(rig.asked).toHaveLength(1);
    expect(rig.actions()).toEqual(["passed"]);
  },
);

test("a frame without names, or a quiet one, leaves a line only when a trigger met it", async () => {
  const nobody = means(null);
  await meetBoundary(meeting({ named: [] }), nobody);
  await meetBoundary(meeting({ isQuiet: true }), nobody);
  await meetBoundary(
    meeting({ isQuiet: true, boundary: "kafka.offset-commit.acknowledged" }),
    nobody,
  );
  expect(nobody.actions()).toEqual([]);
  const trigger = means(Promise.resolve("release"));
  await meetBoundary(meeting({ named: [] }), trigger);
  await meetBoundary(meeting({ named: [], boundary: "kafka.offset-commit.acknowledged" }), trigger);
  expect(trigger.actions()).toEqual(["held", "released", "passed"]);
});
