import { HarnessError } from "../model/errors.ts";
import type { Fault } from "../ports/fault.ts";
import { endAt } from "./end-at.ts";

/** SIGSTOP at an instant; SIGCONT when the scenario says so. The instance wakes with old beliefs. */
export const pause: Fault<"pause"> = {
  name: "pause",
  unavailable: (_, { noPause }) => noPause,
  inject: (spec, field) => ({
    carryOut: async () => {
      const process = field.signalled(field.victim, "SIGSTOP");
      process.signal("SIGSTOP");
      if (!(await process.isStopped())) {
        throw new HarnessError(
          "internal",
          `${field.victim} (pid ${process.pid}) runs on after SIGSTOP.`,
        );
      }
      return `${process.what} of ${field.victim} is stopped (${process.stoppedState})`;
    },
    heal: async () => {
      await field.evict(field.victim);
      return endAt(field, spec.until, () => {
        field.signalled(field.victim, "SIGCONT").signal("SIGCONT");
        return Promise.resolve(`${field.victim} was woken`);
      });
    },
    verify: () => field.traffic(field.victim, "kafka"),
  }),
};
