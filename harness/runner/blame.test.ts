import { expect, test } from "vitest";
import { HarnessError } from "../model/errors.ts";
import type { StartedStack } from "../ports/stack.ts";
import { blame } from "./blame.ts";

const LOSS = new HarnessError("environment", "postgres ended by SIGKILL");
const BROKEN = new Error("Connection terminated unexpectedly");

/** Of a stack, what is asked here. */
function stackOf(lost: AbortSignal): StartedStack {
  return { lost, logTail: () => Promise.resolve([]), dataFolder: "/" } as unknown as StartedStack;
}

test("a connection breaks before the end of the server is known: the server is to blame", async () => {
  const lost = new AbortController();
  const blamed = blame(BROKEN, stackOf(lost.signal));
  lost.abort(LOSS);
  expect(await blamed).toBe(LOSS);
});

test("on a stack that was lost whatever was thrown comes from that, an interruption too", async () => {
  const interrupted = new HarnessError("interrupted", "Interrupted while sending.");
  expect(await blame(interrupted, stackOf(AbortSignal.abort(LOSS)))).toBe(LOSS);
});

test("an error on a sound stack stays what it is", async () => {
  const { signal } = new AbortController();
  const usage = new HarnessError("usage", "No such table.");
  expect(await blame(usage, stackOf(signal))).toBe(usage);
  expect(await blame(BROKEN, stackOf(signal))).toBe(BROKEN);
});
