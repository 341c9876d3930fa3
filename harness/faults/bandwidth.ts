import type { Fault } from "../ports/fault.ts";
import { withToxic } from "./toxics.ts";

/** The link carries no more than this, in both directions. */
export const bandwidth: Fault<"bandwidth"> = {
  name: "bandwidth",
  unavailable: () => null,
  inject: ({ link, kilobytesPerSecond, until }, field) =>
    withToxic(field, {
      link,
      until,
      toxic: { type: "bandwidth", kilobytesPerSecond },
      directions: ["to-server", "to-subject"],
      isMute: false,
    }),
};
