import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HostPort } from "../../ports/basics.ts";
import type { Broker } from "../../ports/broker.ts";
import type { RoleListener } from "../../ports/stack.ts";
import { openBroker } from "../kafka/broker.ts";
import { minimalEnvironment, type Child } from "../process/child.ts";
import { untilReady } from "../process/server-readiness.ts";
import { isListening } from "./is-listening.ts";
import { JVM_FLAGS, provisionKafkaData, provisionKafkaJars } from "./kafka-jars.ts";
import { LOG4J2_PROPERTIES, renderServerProperties, type KafkaPorts } from "./kafka-properties.ts";
import type { PartContext } from "./part-context.ts";
import { copyFolder, JAVA, requireTool } from "./tools.ts";

const READY_TIMEOUT_MS = 60_000;

export interface KafkaPart {
  /** Processes by node id. */
  readonly children: ReadonlyMap<number, Child>;
  readonly broker: Broker;
  readonly direct: readonly HostPort[];
  readonly startupMs: number;
  /** Starts a node again on the same data and ports; resolves when the group coordinator answers. */
  restart(node: number): Promise<Child>;
}

/** Starts combined KRaft nodes; ready when metadata and the group coordinator answered. */
export async function startKafka(
  context: PartContext,
  listeners: readonly RoleListener[],
  cluster: readonly KafkaPorts[],
): Promise<KafkaPart> {
  const { session, progress } = context;
  const provision = { progress, signal: session.signal };
  requireTool(JAVA);
  const jars = await provisionKafkaJars(provision);
  for (const { node } of cluster) await provisionKafkaData(jars, node, provision);
  const startedAtMs = performance.now();
  const direct = cluster.map(({ observer }) => ({ host: "127.0.0.1", port: observer }));
  const start = (node: number) => launch(context, jars, node);
  const children = new Map<number, Child>();
  await Promise.all(
    cluster.map(async (ports) => {
      await prepare(context, jars, { listeners, ports, cluster });
      children.set(ports.node, await start(ports.node));
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

interface Files {
  readonly data: string;
  readonly properties: string;
  readonly log4j2: string;
}

function filesOf({ session }: PartContext, node: number): Files {
  const folder = join(session.folder, `kafka-${node}`);
  return {
    data: join(folder, "data"),
    properties: join(folder, "server.properties"),
    log4j2: join(folder, "log4j2.properties"),
  };
}

async function prepare(
  context: PartContext,
  jars: string,
  plan: {
    readonly listeners: readonly RoleListener[];
    readonly ports: KafkaPorts;
    readonly cluster: readonly KafkaPorts[];
  },
): Promise<void> {
  const { node } = plan.ports;
  const files = filesOf(context, node);
  await mkdir(join(context.session.folder, `kafka-${node}`), { recursive: true });
  await copyFolder(`${jars}-data-${node}`, files.data);
  await writeFile(files.properties, renderServerProperties({ ...plan, dataFolder: files.data }));
  await writeFile(files.log4j2, LOG4J2_PROPERTIES);
}

async function launch(context: PartContext, jars: string, node: number): Promise<Child> {
  const { properties, log4j2 } = filesOf(context, node);
  const options = [...JVM_FLAGS, `-Dlog4j2.configurationFile=${log4j2}`];
  const main = ["-cp", join(jars, "*"), "kafka.Kafka", properties];
  const name = node === 1 ? "kafka" : `kafka-${node}`;
  return context.session.start({
    kind: name,
    command: [requireTool(JAVA), ...options, ...main],
    cwd: context.session.folder,
    env: minimalEnvironment(),
    logFile: join(context.logFolder, `${name}.log`),
    stopSignal: "SIGKILL",
  });
}
