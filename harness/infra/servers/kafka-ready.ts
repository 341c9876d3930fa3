import type { HostPort } from "../../ports/basics.ts";
import type { Broker } from "../../ports/broker.ts";
import { openBroker } from "../kafka/broker.ts";
import type { Child } from "../process/child.ts";
import { isListening } from "../process/is-listening.ts";
import type { KafkaPorts } from "./kafka-properties.ts";
import type { KafkaPart } from "./parts.ts";
import { untilReady } from "./server-readiness.ts";

const READY_TIMEOUT_MS = 120_000;

/**
 * Starts every node of a cluster at once; ready when metadata and the group coordinator answered.
 * `start` starts one node on its own data, the first time and after each stop.
 */
export async function startCluster(
  cluster: readonly KafkaPorts[],
  start: (node: number) => Promise<Child>,
): Promise<KafkaPart> {
  const startedAtMs = performance.now();
  const direct = cluster.map(({ observer }) => ({ host: "127.0.0.1", port: observer }));
  const children = new Map<number, Child>();
  await Promise.all(
    cluster.map(async ({ node }) => {
      children.set(node, await start(node));
    }),
  );
  const broker = await ready([...children.values()], direct);
  const startupMs = performance.now() - startedAtMs;
  const restart = async (node: number): Promise<Child> => {
    const again = await start(node);
    const own = direct[cluster.findIndex((ports) => ports.node === node)];
    await (await ready([again], own === undefined ? direct : [own])).close();
    return again;
  };
  return { children, broker, direct, startupMs, restart };
}

/** The broker client, once all of these listen and the group coordinator has answered. */
function ready(children: readonly Child[], addresses: readonly HostPort[]): Promise<Broker> {
  const all = children.map((child) =>
    untilReady(child, READY_TIMEOUT_MS, async () => {
      const listening = await Promise.all(addresses.map((address) => isListening(address)));
      return listening.every(Boolean) ? openBroker(addresses) : null;
    }),
  );
  // Each watches its own process; the first client is enough.
  return Promise.all(all).then(async ([broker, ...spare]) => {
    await Promise.all(spare.map((each) => each.close()));
    if (broker === undefined) throw new Error("no broker was started");
    return broker;
  });
}
