import { join } from "node:path";
import type { Child } from "../process/child.ts";
import {
  renderServerProperties,
  type KafkaHosts,
  type KafkaPorts,
} from "../servers/kafka-properties.ts";
import { startCluster } from "../servers/kafka-ready.ts";
import type { KafkaPart } from "../servers/parts.ts";
import type { PortPlan } from "../servers/port-plan.ts";
import { EngineContainer } from "./container.ts";
import { LINK_ALIAS } from "./network.ts";
import type { StackParts } from "./stack-parts.ts";

const CLUSTER_ID = "5L6g3nShT-eMCtK--X86sw";
const DATA_FOLDER = "/tmp/kraft-combined-logs";

export const brokerAlias = (node: number): string => `kafka-${node}`;

/** The image's contract: KAFKA_ and the setting's name, `.` as `_`, `_` as `__`, `-` as `___`. */
export function environmentOf(properties: string): Readonly<Record<string, string>> {
  const settings = properties.split("\n").filter((line) => line.includes("="));
  return Object.fromEntries(
    settings.map((line) => {
      const name = line.slice(0, line.indexOf("="));
      const variable = name.replaceAll("_", "__").replaceAll("-", "___").replaceAll(".", "_");
      return [`KAFKA_${variable.toUpperCase()}`, line.slice(line.indexOf("=") + 1)];
    }),
  );
}

/** Starts combined KRaft nodes in containers; ready when metadata and the group coordinator answered. */
export function startKafkaContainers(parts: StackParts, plan: PortPlan): Promise<KafkaPart> {
  const containers = new Map(
    plan.kafka.map((ports) => [ports.node, containerOf(parts, plan, ports)] as const),
  );
  return startCluster(plan.kafka, (node): Promise<Child> => {
    const container = containers.get(node);
    if (container === undefined) throw new Error(`there is no broker ${node}`);
    return container.start();
  });
}

function containerOf(parts: StackParts, plan: PortPlan, ports: KafkaPorts): EngineContainer {
  const { node } = ports;
  const hosts: KafkaHosts = {
    bound: "",
    roles: parts.linkHost,
    peers: LINK_ALIAS,
    node: brokerAlias,
  };
  const properties = renderServerProperties({
    listeners: plan.listeners,
    ports,
    cluster: plan.kafka,
    dataFolder: DATA_FOLDER,
    hosts,
  });
  const roles = plan.listeners.filter(({ broker }) => broker === node);
  const name = node === 1 ? "kafka" : `kafka-${node}`;
  return new EngineContainer(parts.run, {
    kind: name,
    image: parts.images.kafka,
    env: {
      ...environmentOf(properties),
      CLUSTER_ID,
      KAFKA_HEAP_OPTS: "-Xmx256m",
      KAFKA_JVM_PERFORMANCE_OPTS: "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData",
    },
    network: parts.networks.servers,
    aliases: [brokerAlias(node)],
    ports: [ports.observer, ...roles.map(({ upstream }) => upstream.port)],
    logFile: join(parts.logFolder, `${name}.log`),
  });
}
