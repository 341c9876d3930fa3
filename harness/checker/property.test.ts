import fc from "fast-check";
import { expect, test } from "vitest";
import type { EventBody } from "../model/history.ts";
import { judgeRun } from "./judge.ts";
import { stamped, validBodies } from "./testing/history.ts";

const bodies = validBodies();
const judged = (history: readonly EventBody[]) => judgeRun(stamped(history))[0];
const broken = (history: readonly EventBody[]) =>
  judged(history)?.guarantees.flatMap(({ id, violated }) => (violated === true ? [id] : []));

const duplicable = bodies.flatMap((body, index) => {
  if (body.stream === "effect" && body.table === "ledger_entries") {
    return [{ index, breaks: ["no-duplicate-effects", "money-conserved"] }];
  }
  return body.stream === "call" && body.moment === "applied"
    ? [{ index, breaks: ["no-duplicate-calls"] }]
    : [];
});

test("one effect said twice is exactly its own guarantee", () => {
  fc.assert(
    fc.property(fc.constantFrom(...duplicable), ({ index, breaks }) => {
      const body = bodies[index];
      if (body === undefined) return;
      expect(broken([...bodies, body])).toEqual(breaks);
    }),
  );
});

test("losing evidence never turns into a pass with findings, nor crashes the judge", () => {
  fc.assert(
    fc.property(fc.subarray(bodies.slice(1)), (kept) => {
      const result = judged([...bodies.slice(0, 1), ...kept]);
      const found = result?.guarantees.flatMap(({ findings }) => findings) ?? [];
      expect(result?.verdict === "pass" && found.length > 0).toBe(false);
      if (kept.length < bodies.length - 1 && result?.verdict === "pass") {
        // Only redundant evidence may be missing from a pass: outcomes must be complete.
        expect(result.outcomes.once + result.outcomes.recovered).toBe(result.outcomes.expected);
      }
    }),
    { numRuns: 300 },
  );
});

test("another instance name everywhere changes nothing", () => {
  const renamed = JSON.parse(
    JSON.stringify(bodies).replaceAll("consumer-1", "pod-a").replaceAll("consumer-2", "pod-b"),
  ) as EventBody[];
  expect(judged(renamed)?.verdict).toBe("pass");
  expect(judged(renamed)?.outcomes).toEqual(judged(bodies)?.outcomes);
});
