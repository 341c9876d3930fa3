import type { Fault } from "../ports/fault.ts";

/** The broker goes and comes back on the same data, ports and cluster id. */
export const restartBroker: Fault<"restart-broker"> = {
  name: "restart-broker",
  unavailable: () => null,
  inject: async ({ mode }, field) => ({
    evidence: await field.servers.stopBroker(mode),
    heal: () => field.servers.startBroker(),
    verify: () => field.traffic(field.victim, "kafka"),
  }),
};
