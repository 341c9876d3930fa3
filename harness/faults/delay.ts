import type { Fault } from "../ports/fault.ts";
import { withToxic } from "./toxics.ts";

/** Every answer on the link comes later by the given time. */
export const delay: Fault<"delay"> = {
  name: "delay",
  unavailable: () => null,
  inject: ({ link, latencyMs, until }, field) =>
    withToxic(field, {
      link,
      until,
      toxic: { type: "latency", latencyMs },
      directions: ["to-subject"],
      isMute: false,
    }),
};
