import type { Fault } from "../ports/fault.ts";

/** A broker goes and comes back on the same data, ports and cluster id. */
export const restartBroker: Fault<"restart-broker"> = {
  name: "restart-broker",
  unavailable: () => null,
  inject: ({ mode, which = "leader", until }, field) => {
    let node = 1;
    return {
      carryOut: async () => {
        node = await field.brokerAt(which);
        return `${which}: ${await field.servers.stopBroker(node, mode)}`;
      },
      heal: async () => {
        const came = until === undefined ? "at once" : await field.until(until);
        return `${came}; ${await field.servers.startBroker(node)}`;
      },
      verify: () => field.traffic(field.victim, "kafka"),
    };
  },
};
