import { HarnessError } from "../model/errors.ts";
import type { Fault, FaultField, SpecOf } from "../ports/fault.ts";
import type { ProxyHandle } from "../ports/links.ts";
import { endAt } from "./end-at.ts";

const MUTE = { type: "timeout", timeoutMs: 0 } as const;

/**
 * The network around one broker carries nothing. From its `peers`: clients and controllers still reach
 * it, its followers cannot fetch and fall out of sync, and writes that want two replicas in sync are
 * refused until they are back. Confirmed and verified by the in-sync set itself, which shrinks only when
 * there are writes that a follower misses: fire it while the workload is being sent. From its
 * `clients`: no instance of the subject is answered by it, while its peers and the harness are.
 */
export const partitionBrokers: Fault<"partition-brokers"> = {
  name: "partition-brokers",
  unavailable: (_, stack) =>
    stack.brokers < 3 ? `the ${stack.name} stack cannot run three brokers` : null,
  inject: (spec, field) => {
    const { which, from = "peers", until } = spec;
    const added: { readonly proxy: ProxyHandle; readonly name: string }[] = [];
    return {
      carryOut: async () => {
        const node = await field.brokerAt(which);
        for (const proxy of proxiesAround(field, node, from)) {
          for (const direction of ["to-server", "to-subject"] as const) {
            added.push({ proxy, name: await proxy.addToxic(MUTE, direction) });
          }
        }
        const names = added.map(({ proxy, name }) => `${proxy.name} ${name}`).join(", ");
        const proof = from === "peers" ? `; ${await field.inSync({ atMost: 1 })}` : "";
        return `${which} is broker ${node}, cut off from its ${from} (${names})${proof}`;
      },
      heal: () =>
        endAt(field, until, async () => {
          for (const { proxy, name } of added) await proxy.removeToxic(name);
          return `its ${from} reach it again`;
        }),
      verify: async () => {
        if (from === "peers") return field.inSync({ atLeast: 2 });
        return field.traffic(field.victim, "kafka");
      },
    };
  },
};

function proxiesAround(
  field: FaultField,
  node: number,
  from: NonNullable<SpecOf<"partition-brokers">["from"]>,
): readonly ProxyHandle[] {
  if (from === "clients") return field.proxiesTo(node);
  const proxy = field.servers.brokerProxy(node);
  if (proxy !== null) return [proxy];
  throw new HarnessError("internal", `Broker ${node} has no peers: say brokers: 3.`);
}
