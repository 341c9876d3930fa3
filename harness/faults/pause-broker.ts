import type { Fault } from "../ports/fault.ts";

/** SIGSTOP to the broker: connections stay, answers stop. */
export const pauseBroker: Fault<"pause-broker"> = {
  name: "pause-broker",
  unavailable: (_, stack) =>
    stack.platform === "win32" ? "Windows has no SIGSTOP: use WSL or the docker stack" : null,
  inject: ({ which = "leader", until }, field) => {
    let node = 1;
    return {
      carryOut: async () => {
        node = await field.brokerAt(which);
        return `${which}: ${await field.servers.pauseBroker(node)}`;
      },
      heal: async () => {
        const came = await field.until(until);
        return `${came}; ${await field.servers.resumeBroker(node)}`;
      },
      verify: () => field.traffic(field.victim, "kafka"),
    };
  },
};
