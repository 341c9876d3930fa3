import { HarnessError } from "../model/errors.ts";
import type { Fault } from "../ports/fault.ts";
import { endAt } from "./end-at.ts";

/**
 * A broker goes and comes back on the same data, ports and cluster id. A coordinator that stays away
 * for a while must have been replaced by then.
 */
export const restartBroker: Fault<"restart-broker"> = {
  name: "restart-broker",
  unavailable: () => null,
  inject: ({ mode, which = "leader", until }, field) => {
    let stopped: number | null = null;
    const successor = async (): Promise<string> => {
      if (which !== "coordinator" || until === undefined) return "";
      const now = await field.brokerAt("coordinator");
      if (now !== stopped) return `broker ${now} coordinates the group; `;
      throw new HarnessError("internal", `Broker ${now} is down and still coordinates the group.`);
    };
    return {
      carryOut: async () => {
        stopped = await field.brokerAt(which);
        return `${which}: ${await field.servers.stopBroker(stopped, mode)}`;
      },
      heal: () =>
        endAt(field, until, async () => {
          if (stopped === null) return "no broker was stopped";
          const [moved] = await Promise.allSettled([successor()]);
          const started = await field.servers.startBroker(stopped);
          if (moved.status === "rejected") throw moved.reason;
          return `${moved.value}${started}`;
        }),
      verify: () => field.traffic(field.victim, "kafka"),
    };
  },
};
