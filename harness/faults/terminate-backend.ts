import { HarnessError } from "../model/errors.ts";
import type { Fault } from "../ports/fault.ts";

/** An administrator, a failover or a timeout ends the victim's database sessions. */
export const terminateBackend: Fault<"terminate-backend"> = {
  name: "terminate-backend",
  unavailable: () => null,
  inject: (_, field) => ({
    carryOut: async () => {
      const ended = await field.terminateBackends(field.victim);
      if (ended === 0) {
        throw new HarnessError("internal", `${field.victim} had no database session to end.`);
      }
      return `${ended} database sessions of ${field.victim} were ended (pg_terminate_backend)`;
    },
    heal: () => Promise.resolve("sessions were ended once: nothing to undo"),
    verify: () => field.traffic(field.victim, "postgres"),
  }),
};
