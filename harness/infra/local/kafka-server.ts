import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HarnessError } from "../../model/errors.ts";
import type { RoleListener } from "../../ports/stack.ts";
import { minimalEnvironment, type Child } from "../process/child.ts";
import { startCluster } from "../servers/kafka-ready.ts";
import type { KafkaPart } from "../servers/parts.ts";
import { JVM_FLAGS, provisionKafkaData, provisionKafkaJars } from "./kafka-jars.ts";
import {
  LOG4J2_PROPERTIES,
  LOOPBACK_HOSTS,
  renderServerProperties,
  type KafkaPorts,
} from "../servers/kafka-properties.ts";
import type { PartContext } from "./part-context.ts";
import { copyFolder, JAVA, requireTool } from "./tools.ts";

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
  const prepared = new Set<number>();
  return startCluster(cluster, async (node) => {
    const ports = cluster.find((one) => one.node === node);
    if (ports === undefined) throw new HarnessError("internal", `There is no broker ${node}.`);
    if (!prepared.has(node)) await prepare(context, jars, { listeners, ports, cluster });
    prepared.add(node);
    return launch(context, jars, node);
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
  await writeFile(
    files.properties,
    renderServerProperties({ ...plan, dataFolder: files.data, hosts: LOOPBACK_HOSTS }),
  );
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
