import { checked, unknown, type Checker } from "./check.ts";
import type { FaultMoment } from "../model/history.ts";
import type { Evidence } from "./evidence.ts";
import { recoveryOf } from "./recovery.ts";

/** From the fault to drained takes no longer than the scenario allows. */
export const recoversWithin: Checker = {
  id: "recovers-within",
  check: (evidence) => {
    const { recoveryMsMax } = evidence.header.limits;
    const fired = evidence.faults.findLast(({ moment }) => moment === "fired");
    if (fired === undefined) return checked([]);
    if (evidence.clockWentBackAt !== null) {
      return unknown(`the clock goes back at seq ${evidence.clockWentBackAt}: no time can be told`);
    }
    const hindrance = hindranceOf(evidence);
    if (hindrance !== null) return unknown(hindrance);
    const { drainedMs } = recoveryOf(evidence);
    const waitedMs = drainedMs ?? evidence.lastAtMs - fired.atMs;
    if (drainedMs === null && waitedMs <= recoveryMsMax) {
      return unknown("the system had not drained when the observation ended");
    }
    if (waitedMs <= recoveryMsMax) return checked([]);
    const message = `recovers-within: ${Math.round(waitedMs)} ms after the fault the system ${drainedMs === null ? "had still not drained" : "had drained"}; allowed are ${recoveryMsMax} ms.`;
    return checked([{ key: null, message, seqs: [fired.seq] }]);
  },
};

/** What other than the system can have kept it from recovering: a fault half done, or servers not sound. */
function hindranceOf({ faults, assumptions }: Evidence): string | null {
  const has = (id: string, moment: FaultMoment): boolean =>
    faults.some((event) => event.faultId === id && event.moment === moment);
  const half = faults.find(
    ({ faultId, moment }) =>
      moment === "failed" && has(faultId, "fired") && !has(faultId, "confirmed"),
  );
  if (half !== undefined) return `fault ${half.faultId} failed half done: ${half.detail}`;
  const unsound = assumptions.find(({ name, holds }) => name === "stack-sound" && holds === false);
  return unsound === undefined ? null : `the stack was not sound: ${unsound.detail}`;
}
