import { writeFile } from "node:fs/promises";
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
  readonly child: Child;
  readonly broker: Broker;
  readonly direct: HostPort;
  readonly startupMs: number;
  /** Starts it again on the same data and ports; resolves when the group coordinator answers. */
  restart(): Promise<Child>;
}

async function launch(
  context: PartContext,
  jars: string,
  files: { readonly properties: string; readonly log4j2: string },
): Promise<Child> {
  const options = [...JVM_FLAGS, `-Dlog4j2.configurationFile=${files.log4j2}`];
  const main = ["-cp", join(jars, "*"), "kafka.Kafka", files.properties];
  return context.session.start({
    kind: "kafka",
    command: [requireTool(JAVA), ...options, ...main],
    cwd: context.session.folder,
    env: minimalEnvironment(),
    logFile: join(context.logFolder, "kafka.log"),
    stopSignal: "SIGKILL",
  });
}

/** Starts one combined KRaft node; ready when metadata and the group coordinator answered. */
export async function startKafka(
  context: PartContext,
  listeners: readonly RoleListener[],
  ports: KafkaPorts,
): Promise<KafkaPart> {
  const { session, progress } = context;
  const provision = { progress, signal: session.signal };
  requireTool(JAVA);
  const jars = await provisionKafkaJars(provision);
  const golden = await provisionKafkaData(jars, provision);
  const startedAtMs = performance.now();
  const dataFolder = join(session.folder, "kafka-data");
  const properties = join(session.folder, "server.properties");
  const log4j2 = join(session.folder, "log4j2.properties");
  await copyFolder(golden, dataFolder);
  await writeFile(properties, renderServerProperties({ listeners, ports, dataFolder }));
  await writeFile(log4j2, LOG4J2_PROPERTIES);
  const direct = { host: "127.0.0.1", port: ports.observer };
  const start = () => launch(context, jars, { properties, log4j2 });
  const ready = (child: Child) =>
    untilReady(child, READY_TIMEOUT_MS, async () =>
      (await isListening(direct)) ? openBroker(direct) : null,
    );
  const child = await start();
  const broker = await ready(child);
  const startupMs = performance.now() - startedAtMs;
  const restart = async (): Promise<Child> => {
    const again = await start();
    await (await ready(again)).close();
    return again;
  };
  return { child, broker, direct, startupMs, restart };
}
