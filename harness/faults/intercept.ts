import type { Fault } from "../ports/fault.ts";

/** The fault is what becomes of the held frame; the journal's `wire` or `call` event shows it. */
export const intercept: Fault<"intercept"> = {
  name: "intercept",
  unavailable: () => null,
  inject: (spec, field) => ({
    carryOut: () =>
      Promise.resolve(`${field.frame.boundary} is held, its fate is ${spec.heldFrame}`),
    heal: () => Promise.resolve("one frame, once: nothing to undo"),
    verify: () => Promise.resolve("no fault is left in place"),
  }),
};
