import { statfsSync } from "node:fs";
import { join } from "node:path";
import { diskFull, tellsOfFullDisk } from "../../model/disk-full.ts";
import { HarnessError, messageOf } from "../../model/errors.ts";
import type { StackAdapter, StackOptions, StartedStack } from "../../ports/stack.ts";
import { cacheFolder } from "../process/cache.ts";
import { noClockStep } from "../process/faketime.ts";
import { RunSession } from "../process/run-session.ts";
import { createSubjectRunner } from "../process/subject-runner.ts";
import { assembleStack, type Parts } from "../servers/assemble.ts";
import {
  openPeerProxies,
  planPorts,
  withFreePorts,
  type ChoosePorts,
  type PortPlan,
} from "../servers/port-plan.ts";
import { ServerWatch } from "../servers/server-watch.ts";
import { diagnoseLocal } from "./diagnose.ts";
import { KAFKA_VERSION } from "./kafka-jars.ts";
import { startKafka } from "./kafka-server.ts";
import type { PartContext } from "./part-context.ts";
import { startPostgres } from "./postgres-server.ts";
import { startToxiproxy } from "./toxiproxy.ts";

const NAME = "local";
const LOOPBACK = "127.0.0.1";

/** Starts the three servers at once. On failure ends all of them before it throws. */
async function startParts(context: PartContext, plan: PortPlan): Promise<Parts> {
  // Brokers replicate through their peers' proxies, and wait for them without harm.
  const proxied = startToxiproxy(context, plan.toxiproxy).then(async (toxiproxy) => ({
    toxiproxy,
    peerProxies: await openPeerProxies(toxiproxy.proxies, plan.kafka, (_, port) => ({
      host: LOOPBACK,
      port,
    })),
  }));
  const starting = [
    startKafka(context, plan.listeners, plan.kafka),
    startPostgres(context, plan.postgres),
    proxied,
  ] as const;
  try {
    const [kafka, postgres, { toxiproxy, peerProxies }] = await Promise.all(starting);
    return { kafka, postgres, toxiproxy, peerProxies };
  } catch (failed) {
    const error = explained(failed, context.session.folder);
    await context.session.close();
    await Promise.allSettled(starting);
    if (error instanceof HarnessError) {
      throw error;
    }
    const message = `The local stack did not start: ${messageOf(error)}. See ${context.logFolder}.`;
    throw new HarnessError("environment", message, { cause: error });
  }
}

/** Asked while what fills the disk is still there. */
function explained(error: unknown, folder: string): unknown {
  if (!tellsOfFullDisk(error)) return error;
  const fix =
    "Free some space, or name a folder that has room: TMPDIR for the servers' data, GAMEDAY_CACHE for downloads.";
  const what = "The local stack did not start";
  return diskFull({ what, folder, room: statfsSync(folder), fix }, error);
}

async function startStack(options: StackOptions, choose: ChoosePorts): Promise<StartedStack> {
  const startedAtMs = performance.now();
  const { runId, progress } = options;
  const session = await RunSession.open({
    cacheFolder: cacheFolder(),
    runId,
    progress,
    redact: options.redact,
  });
  const context = { session, progress, logFolder: join(options.runFolder, "logs") };
  const plan = await choose(options.roles, options.brokers);
  return assembleStack({
    name: NAME,
    versions: { kafka: KAFKA_VERSION },
    plan,
    parts: await startParts(context, plan),
    subjects: createSubjectRunner(session),
    tapHost: LOOPBACK,
    logFolder: context.logFolder,
    dataFolder: session.folder,
    startedAtMs,
    watch: new ServerWatch(),
    end: () => session.close(),
  });
}

/** Kafka, Postgres and Toxiproxy as processes of this machine, without Docker. */
export function createLocalStack(choose: ChoosePorts = planPorts): StackAdapter {
  const { platform } = process;
  const abilities = {
    name: NAME,
    brokers: 3,
    noClockStep: noClockStep(platform),
    noPause: platform === "win32" ? "Windows has no SIGSTOP: use WSL or the docker stack" : null,
  };
  return {
    name: NAME,
    abilities,
    diagnose: diagnoseLocal,
    start: (options) => withFreePorts(options.progress, () => startStack(options, choose)),
  };
}
