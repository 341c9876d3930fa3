import { HarnessError } from "../model/errors.ts";
import type { Fault } from "../ports/fault.ts";
import type { ProxyHandle } from "../ports/links.ts";

/**
 * The network between one broker and its peers carries nothing, while clients and controllers still
 * reach it: its followers cannot fetch and fall out of sync, and writes that want two replicas in
 * sync are refused until they are back. Confirmed and verified by the in-sync set itself, which shrinks
 * only when there are writes that a follower misses: fire it while the workload is being sent.
 */
export const partitionBrokers: Fault<"partition-brokers"> = {
  name: "partition-brokers",
  unavailable: (_, stack) =>
    stack.brokers < 3 ? `the ${stack.name} stack cannot run three brokers` : null,
  inject: ({ which, until }, field) => {
    const toxic = { type: "timeout", timeoutMs: 0 } as const;
    const added: { readonly proxy: ProxyHandle; readonly name: string }[] = [];
    return {
      carryOut: async () => {
        const node = await field.brokerAt(which);
        const proxy = field.servers.brokerProxy(node);
        if (proxy === null) {
          throw new HarnessError("internal", `Broker ${node} has no peers: say brokers: 3.`);
        }
        for (const direction of ["to-server", "to-subject"] as const) {
          added.push({ proxy, name: await proxy.addToxic(toxic, direction) });
        }
        const names = added.map(({ name }) => name).join(" and ");
        const shrunk = await field.inSync({ atMost: 1 });
        return `${which} is broker ${node}: ${proxy.name} has ${names}; ${shrunk}`;
      },
      heal: async () => {
        const came = until === undefined ? "at once" : await field.until(until);
        for (const { proxy, name } of added) await proxy.removeToxic(name);
        return `${came}; its peers reach it again`;
      },
      verify: () => field.inSync({ atLeast: 2 }),
    };
  },
};
