import type { Fault } from "../ports/fault.ts";
import { endAt } from "./end-at.ts";

/** SIGSTOP to the broker: connections stay, answers stop. */
export const pauseBroker: Fault<"pause-broker"> = {
  name: "pause-broker",
  unavailable: (_, { noPause }) => noPause,
  inject: ({ which = "leader", until }, field) => {
    let node: number | null = null;
    return {
      carryOut: async () => {
        node = await field.brokerAt(which);
        return `${which}: ${await field.servers.pauseBroker(node)}`;
      },
      heal: () =>
        endAt(field, until, () =>
          node === null
            ? Promise.resolve("no broker was paused")
            : field.servers.resumeBroker(node),
        ),
      verify: () => field.traffic(field.victim, "kafka"),
    };
  },
};
