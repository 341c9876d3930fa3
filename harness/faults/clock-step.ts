import { HarnessError } from "../model/errors.ts";
import type { Fault } from "../ports/fault.ts";

/**
 * Not carried out on any stack yet: a process's wall clock can only be stepped with a preloaded
 * library (libfaketime) or on a machine of its own; Linux time namespaces leave the wall clock alone.
 */
export const clockStep: Fault<"clock-step"> = {
  name: "clock-step",
  unavailable: (_, { name }) =>
    `the ${name} stack cannot step one process's wall clock: Linux time namespaces do not cover it, and libfaketime is not part of gameday`,
  inject: () => {
    throw new HarnessError("internal", "clock-step is not available.");
  },
};
