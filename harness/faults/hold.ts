import type { Fault } from "../ports/fault.ts";

/** The held frame waits for a later event, then goes on: the order of two things is a fact, not a race. */
export const hold: Fault<"hold"> = {
  name: "hold",
  unavailable: () => null,
  inject: (spec, field) => ({
    carryOut: async () => {
      const came = await field.seen(spec.until);
      return `${field.frame.boundary} was held for ${came}`;
    },
    heal: () => Promise.resolve("the frame goes on: nothing to undo"),
    verify: () => Promise.resolve("no fault is left in place"),
  }),
};
