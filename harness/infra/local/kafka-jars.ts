import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HarnessError } from "../../model/errors.ts";
import type { Progress } from "../../ports/basics.ts";
import { cacheFolder, makeOnce } from "../process/cache.ts";
import { LOOPBACK_HOSTS, renderServerProperties } from "../servers/kafka-properties.ts";
import { JAVA, MAVEN, requireTool, runTool } from "./tools.ts";

/** The version named in kafka-pom.xml. */
export const KAFKA_VERSION = "4.3.1";
/** Changes with the pom, so that an older jar set in the cache is not taken for this one. */
const JAR_SET = `kafka-${KAFKA_VERSION}-2`;
/** 16 bytes in base64url, as KRaft wants it: "gameday-local-01". */
const CLUSTER_ID = Buffer.from("gameday-local-01").toString("base64url");
const FETCH_TIMEOUT_MS = 600_000;

/** Flags that make a small broker start fast; measured in FACTS and in bench. */
export const JVM_FLAGS = [
  "-Xmx256m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-XX:-UsePerfData",
] as const;

export interface ProvisionOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export function kafkaJarsFolder(): string {
  return join(cacheFolder(), JAR_SET);
}

/** The pom beside this file, or in the sources when this file runs compiled from dist/. */
function pomFile(): string {
  const places = ["./kafka-pom.xml", "../../../../harness/infra/local/kafka-pom.xml"];
  const files = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const found = files.find((file) => existsSync(file));
  if (found === undefined) {
    throw new HarnessError("internal", "kafka-pom.xml is missing from this installation.");
  }
  return found;
}

/** Folder of the Kafka jars; fetched with Maven the first time. */
export function provisionKafkaJars({ progress, signal }: ProvisionOptions): Promise<string> {
  return makeOnce(kafkaJarsFolder(), async (draft) => {
    const program = requireTool(MAVEN);
    progress(`Kafka ${KAFKA_VERSION}: fetching 47 jars with Maven (first time only)…`);
    const goal = "dependency:copy-dependencies";
    const args = ["-q", "-B", "-f", pomFile(), goal, `-DoutputDirectory=${draft}`];
    await runTool({ program, args, timeoutMs: FETCH_TIMEOUT_MS, signal });
    const jars = await readdir(draft);
    if (!jars.includes(`kafka_2.13-${KAFKA_VERSION}.jar`)) {
      throw new HarnessError("environment", "Maven fetched no Kafka jar. Run it by hand.", {
        details: [`mvn ${args.join(" ")}`],
      });
    }
  });
}

/** A formatted, empty log directory of one node: formatting is a JVM run of its own, so it is done once. */
export function provisionKafkaData(
  jars: string,
  node: number,
  options: ProvisionOptions,
): Promise<string> {
  return makeOnce(`${jars}-data-${node}`, async (draft) => {
    const program = requireTool(JAVA);
    options.progress(
      `Kafka ${KAFKA_VERSION}: formatting an empty log directory (first time only)…`,
    );
    const folder = await mkdtemp(join(tmpdir(), "gameday-format-"));
    try {
      const file = join(folder, "server.properties");
      const ports = { node, observer: 20_000, controller: 20_001 };
      const only = { listeners: [], ports, cluster: [ports] };
      await writeFile(
        file,
        renderServerProperties({ ...only, dataFolder: draft, hosts: LOOPBACK_HOSTS }),
      );
      const main = ["kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", file];
      const args = [...JVM_FLAGS, "-cp", join(jars, "*"), ...main];
      await runTool({ program, args, timeoutMs: 60_000, signal: options.signal });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
