import { HarnessError } from "../model/errors.ts";
import type { Fault, FaultField } from "../ports/fault.ts";
import { endAt } from "./end-at.ts";

const DAY_MS = 86_400_000;

/**
 * The victim's wall clock jumps: a bad time server, a virtual machine that slept, a person. Its own
 * `Date:` header tells whether it did, and whether it is right again.
 */
export const clockStep: Fault<"clock-step"> = {
  name: "clock-step",
  unavailable: (_, { noClockStep }) => noClockStep,
  inject: ({ stepMs, until }, field) => ({
    carryOut: async () => {
      const before = await field.clockOffset(field.victim, 0);
      field.stepClock(field.victim, stepMs);
      const after = await field.clockOffset(field.victim, stepMs);
      return `the Date header of ${field.victim} was ${text(before)} off, and is ${text(after)} off (asked for ${text(stepMs)})`;
    },
    heal: () => endAt(field, until, () => setRight(field, stepMs)),
    verify: async () => {
      const offset = await field.clockOffset(field.victim, 0);
      return `the Date header of ${field.victim} is ${text(offset)} off`;
    },
  }),
};

/** The step has to last: a process that was started again meanwhile must have had it as well. */
async function setRight(field: FaultField, stepMs: number): Promise<string> {
  const [last] = await Promise.allSettled([field.clockOffset(field.victim, stepMs)]);
  field.stepClock(field.victim, 0);
  const done = `the clock of ${field.victim} was set right`;
  if (last.status === "fulfilled") return `it was still ${text(last.value)} off; ${done}`;
  const { reason } = last as { readonly reason: unknown };
  if (reason instanceof HarnessError && reason.code === "interrupted") return done;
  throw reason;
}

/** "2 s", "30 days and 1 s". */
function text(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const days = Math.trunc((seconds * 1000) / DAY_MS);
  const rest = seconds - (days * DAY_MS) / 1000;
  if (days === 0) return `${rest} s`;
  return rest === 0 ? `${days} days` : `${days} days and ${rest} s`;
}
