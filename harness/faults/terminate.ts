import type { Fault } from "../ports/fault.ts";
import { comeback } from "./kill.ts";
import { untilGone } from "./until-gone.ts";

const DRAIN_DEADLINE_MS = 15_000;

/**
 * SIGTERM: the victim may finish what it has in hand. The frame it waits for must be released for
 * that, so the signal is sent and confirmed at once, and the exit is waited for at the heal.
 */
export const terminate: Fault<"terminate"> = {
  name: "terminate",
  unavailable: () => null,
  inject: (spec, field) => {
    const back = comeback(field, spec.restart);
    let exited: Promise<unknown> = Promise.resolve();
    return {
      carryOut: async () => {
        const process = field.expectExit(field.victim, "SIGTERM");
        process.signal("SIGTERM");
        exited = untilGone(process, { signal: "SIGTERM", deadlineMs: DRAIN_DEADLINE_MS });
        exited.catch(() => undefined); // heal() awaits it and speaks up
        await process.delivered();
        return `SIGTERM was sent to ${process.what} of ${field.victim}`;
      },
      heal: async () => {
        await exited;
        return back.heal();
      },
      verify: back.verify,
    };
  },
};
