import { join } from "node:path";
import { HarnessError, messageOf } from "../../model/errors.ts";
import type { DockerConfig, SubjectContainer } from "../../model/config.ts";
import type { StackAdapter, StackOptions, StartedStack } from "../../ports/stack.ts";
import { cacheFolder } from "../process/cache.ts";
import { findFreePorts } from "../process/free-ports.ts";
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
import { removeRun, sweepOrphans } from "./cleanup.ts";
import type { EngineRun } from "./container.ts";
import { engineGone, openEngine } from "./engine.ts";
import { diagnoseDocker } from "./diagnose.ts";
import { EngineEvents } from "./events.ts";
import { imagesOf } from "./image-names.ts";
import { ensureImage, ensureSubjectImage } from "./images.ts";
import { brokerAlias, startKafkaContainers } from "./kafka-container.ts";
import { createNetworks, LINK_ALIAS, type RunNetworks } from "./network.ts";
import { startPostgresContainer } from "./postgres-container.ts";
import type { StackParts } from "./stack-parts.ts";
import { createContainerSubjects } from "./subject-container.ts";
import { startToxiproxyContainer } from "./toxiproxy-container.ts";

const NAME = "docker";
const NO_CLOCK_STEP =
  "the docker stack cannot step one container's wall clock: it is its machine's (Linux time namespaces leave it alone), and an image of the subject need not have libfaketime. Use --stack local";
/** Of each instance: Postgres and the API; and one for the proof that containers reach the harness. */
const FREE_LINKS_PER_ROLE = 2;

export interface DockerStackOptions {
  readonly docker: DockerConfig | undefined;
  /** What subjects run in; empty: their command runs on this machine. */
  readonly containers: readonly SubjectContainer[];
  readonly configFolder: string;
  /** Why the engine cannot pause a container; null when it can. */
  readonly noPause?: string | null;
  /** Whence the ports come; free ones when left out. */
  readonly choosePorts?: ChoosePorts;
}

type ImageOf = (container: SubjectContainer) => Promise<string>;

/** Kafka, Postgres, Toxiproxy and the subject in containers, through testcontainers. */
export function createDockerStack(options: DockerStackOptions): StackAdapter {
  // Built once for all the stacks of a run.
  const built = new Map<string, Promise<string>>();
  return {
    name: NAME,
    // Freezing is the engine's, whatever system it runs on.
    abilities: {
      name: NAME,
      brokers: 3,
      noClockStep: NO_CLOCK_STEP,
      noPause: options.noPause ?? null,
    },
    diagnose: () => diagnoseDocker(imagesOf(options.docker)),
    start: (wanted) => withFreePorts(wanted.progress, () => startStack(options, wanted, built)),
  };
}

async function startStack(
  options: DockerStackOptions,
  wanted: StackOptions,
  built: Map<string, Promise<string>>,
): Promise<StartedStack> {
  const startedAtMs = performance.now();
  const { runId, progress } = wanted;
  const engine = await openEngine();
  const session = await RunSession.open({
    cacheFolder: cacheFolder(),
    runId,
    progress,
    redact: wanted.redact,
  });
  session.journal.noteContainers();
  const watch = new ServerWatch();
  const onLost = (): void => {
    progress("The container engine has gone away: nothing more can be seen");
    watch.lose(engineGone());
  };
  const end = async (events: EngineEvents | null): Promise<void> => {
    try {
      await removeRun(engine.docker, runId);
    } finally {
      // What an engine that has gone away keeps, the next run or `gameday clean` finds by its labels.
      events?.close();
      await session.close();
    }
  };
  let events: EngineEvents | null = null;
  try {
    for (const orphan of (await sweepOrphans(engine.docker)).runs) {
      progress(`Removed the containers of run ${orphan}, which did not end in order`);
    }
    events = await EngineEvents.open(engine.docker, runId, onLost);
    const run: EngineRun = { engine, events, runId, redact: wanted.redact };
    const { configFolder } = options;
    const imageOf = imagesOnce(built, (container) =>
      ensureSubjectImage(engine, container, { configFolder, progress }),
    );
    const { parts, plan, networks } = await startParts(options, wanted, { run, imageOf });
    const subjects =
      options.containers.length === 0
        ? createSubjectRunner(session)
        : createContainerSubjects({ run, networks, imageOf });
    return assembleStack({
      name: NAME,
      versions: {
        kafka: imagesOf(options.docker).kafka,
        engine: `${engine.found.product} ${engine.found.version}`,
      },
      plan,
      parts,
      subjects,
      tapHost: networks.tapHost,
      logFolder: join(wanted.runFolder, "logs"),
      dataFolder: null,
      startedAtMs,
      watch,
      end: () => end(events),
    });
  } catch (error) {
    await end(events).catch((left: unknown) => progress(`Cleanup failed: ${messageOf(left)}`));
    if (error instanceof HarnessError) throw error;
    const message = `The docker stack did not start: ${messageOf(error)}. Run gameday doctor.`;
    throw new HarnessError("environment", message, { cause: error });
  }
}

/** The image of each container, which is built when it is first asked for. */
function imagesOnce(built: Map<string, Promise<string>>, build: ImageOf): ImageOf {
  return (container) => {
    const key = JSON.stringify(container);
    const image = built.get(key) ?? build(container);
    built.set(key, image);
    return image;
  };
}

interface Started {
  readonly parts: Parts;
  readonly plan: PortPlan;
  readonly networks: RunNetworks;
}

/** Starts the three servers and builds the subject's images at once; waits for all of them. */
async function startParts(
  options: DockerStackOptions,
  wanted: StackOptions,
  { run, imageOf }: { readonly run: EngineRun; readonly imageOf: ImageOf },
): Promise<Started> {
  const images = imagesOf(options.docker);
  for (const image of Object.values(images)) {
    await ensureImage(run.engine, image, wanted.progress);
  }
  const plan = await (options.choosePorts ?? planPorts)(wanted.roles, wanted.brokers);
  const networks = await createNetworks(run);
  const stack: StackParts = {
    run,
    images,
    networks,
    linkHost: options.containers.length === 0 ? "127.0.0.1" : LINK_ALIAS,
    logFolder: join(wanted.runFolder, "logs"),
  };
  const proxied = startProxies(stack, plan, wanted.roles.length);
  const starting = [
    startKafkaContainers(stack, plan),
    startPostgresContainer(stack, plan.postgres),
    proxied,
    ...options.containers.map(imageOf),
  ] as const;
  // Every part settles before a failure is passed on: nothing starts behind the cleanup's back.
  const settled = await Promise.allSettled(starting);
  const failed = settled.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  const [kafka, postgres, { toxiproxy, peerProxies }] = await Promise.all([
    starting[0],
    starting[1],
    proxied,
  ]);
  return { parts: { kafka, postgres, toxiproxy, peerProxies }, plan, networks };
}

async function startProxies(
  stack: StackParts,
  plan: PortPlan,
  roles: number,
): Promise<Pick<Parts, "toxiproxy" | "peerProxies">> {
  const peers = plan.kafka.flatMap((ports) =>
    ports.peers === undefined ? [] : [ports.peers.link],
  );
  const toxiproxy = await startToxiproxyContainer(stack, {
    api: plan.toxiproxy,
    fixed: [...plan.listeners.map(({ linkPort }) => linkPort), ...peers],
    free: await findFreePorts(roles * FREE_LINKS_PER_ROLE + 1),
    hasPeers: peers.length > 0,
  });
  const peerProxies = await openPeerProxies(toxiproxy.proxies, plan.kafka, ({ node }, port) => ({
    host: brokerAlias(node),
    port,
  }));
  return { toxiproxy, peerProxies };
}
