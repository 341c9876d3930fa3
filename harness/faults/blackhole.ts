import type { Fault } from "../ports/fault.ts";
import { withToxic } from "./toxics.ts";

/**
 * Bytes vanish and no connection ends: a partition as a network makes it. Toxiproxy's `timeout`
 * toxic with timeout 0; taking it off closes the connections, whose bytes are gone.
 */
export const blackhole: Fault<"blackhole"> = {
  name: "blackhole",
  unavailable: () => null,
  inject: ({ link, direction, until }, field) =>
    withToxic(field, {
      link,
      until,
      toxic: { type: "timeout", timeoutMs: 0 },
      directions: direction === "both" ? ["to-server", "to-subject"] : [direction],
      isMute: true,
    }),
};
