import { join } from "node:path";
import { HarnessError, messageOf } from "../../model/errors.ts";
import type { ProxyHandle } from "../../ports/links.ts";
import type { RoleListener, StackAdapter, StackOptions, StartedStack } from "../../ports/stack.ts";
import { findFreePorts } from "../process/free-ports.ts";
import { lastLinesOf } from "../process/log-tail.ts";
import { RunSession } from "../process/run-session.ts";
import { createSubjectRunner } from "../process/subject-runner.ts";
import { cacheFolder } from "./cache.ts";
import { diagnoseLocal } from "./diagnose.ts";
import { KAFKA_VERSION } from "./kafka-jars.ts";
import type { KafkaPorts } from "./kafka-properties.ts";
import { startKafka, type KafkaPart } from "./kafka-server.ts";
import type { PartContext } from "./part-context.ts";
import { startPostgres, type PostgresPart } from "./postgres-server.ts";
import { createServerControl } from "./server-control.ts";
import { startToxiproxy, type ToxiproxyPart } from "./toxiproxy.ts";

const NAME = "local";
const LOG_LINES = 50;

interface Parts {
  readonly kafka: KafkaPart;
  readonly postgres: PostgresPart;
  readonly toxiproxy: ToxiproxyPart;
  /** By node id; empty with a single broker. */
  readonly peerProxies: ReadonlyMap<number, ProxyHandle>;
}

interface PortPlan {
  readonly listeners: readonly RoleListener[];
  readonly kafka: readonly KafkaPorts[];
  readonly postgres: number;
  readonly toxiproxy: number;
}

async function planPorts(roles: readonly string[], brokers: number): Promise<PortPlan> {
  const nodes = Array.from({ length: brokers }, (_, index) => index + 1);
  const ports = (await findFreePorts(brokers * (roles.length * 2 + 4) + 2))[Symbol.iterator]();
  const next = (): number => {
    const { value } = ports.next();
    if (value === undefined) {
      throw new HarnessError("internal", "The port plan asked for more ports than it reserved.");
    }
    return value;
  };
  return {
    listeners: nodes.flatMap((broker) =>
      roles.map((role) => ({
        role,
        broker,
        upstream: { host: "127.0.0.1", port: next() },
        linkPort: next(),
      })),
    ),
    kafka: nodes.map((node) => ({
      node,
      observer: next(),
      controller: next(),
      ...(brokers > 1 ? { peers: { bound: next(), link: next() } } : {}),
    })),
    postgres: next(),
    toxiproxy: next(),
  };
}

/** Starts the three servers at once. On failure ends all of them before it throws. */
async function startParts(context: PartContext, plan: PortPlan): Promise<Parts> {
  // Brokers replicate through their peers' proxies, and wait for them without harm.
  const proxied = startToxiproxy(context, plan.toxiproxy).then(async (toxiproxy) => ({
    toxiproxy,
    peerProxies: await openPeerProxies(toxiproxy, plan.kafka),
  }));
  const starting = [
    startKafka(context, plan.listeners, plan.kafka),
    startPostgres(context, plan.postgres),
    proxied,
  ] as const;
  try {
    const [kafka, postgres, { toxiproxy, peerProxies }] = await Promise.all(starting);
    return { kafka, postgres, toxiproxy, peerProxies };
  } catch (error) {
    await context.session.close();
    await Promise.allSettled(starting);
    if (error instanceof HarnessError) {
      throw error;
    }
    const message = `The local stack did not start: ${messageOf(error)}. See ${context.logFolder}.`;
    throw new HarnessError("environment", message, { cause: error });
  }
}

async function openPeerProxies(
  { proxies }: ToxiproxyPart,
  cluster: readonly KafkaPorts[],
): Promise<ReadonlyMap<number, ProxyHandle>> {
  const opened = new Map<number, ProxyHandle>();
  for (const { node, peers } of cluster) {
    if (peers === undefined) continue;
    const upstream = { host: "127.0.0.1", port: peers.bound };
    const name = `broker-${node}.peers`;
    opened.set(node, await proxies.createProxy({ name, listenPort: peers.link, upstream }));
  }
  return opened;
}

function createStop(session: RunSession, { kafka, postgres }: Parts): () => Promise<void> {
  return async () => {
    // Clients first, so that none tries to reconnect to a dead server; their errors change nothing.
    await Promise.allSettled([kafka.broker.close(), postgres.database.close()]);
    await session.close();
  };
}

function describeStack(
  context: PartContext,
  plan: PortPlan,
  parts: Parts,
): Omit<StartedStack, "startupMs"> {
  const { kafka, postgres, toxiproxy } = parts;
  const stop = createStop(context.session, parts);
  return {
    name: NAME,
    versions: {
      kafka: KAFKA_VERSION,
      postgres: postgres.version,
      toxiproxy: toxiproxy.proxies.version,
    },
    listeners: plan.listeners,
    directKafka: kafka.direct,
    directPostgres: { host: postgres.address.host, port: postgres.address.port },
    postgresUser: postgres.address.user,
    postgresPassword: postgres.address.password,
    broker: kafka.broker,
    database: postgres.database,
    proxies: toxiproxy.proxies,
    subjects: createSubjectRunner(context.session),
    servers: createServerControl(parts),
    logTail: (server) =>
      Promise.resolve(lastLinesOf(join(context.logFolder, `${server}.log`), LOG_LINES)),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function startStack(options: StackOptions): Promise<StartedStack> {
  const startedAtMs = performance.now();
  const { runId, progress } = options;
  const session = await RunSession.open({
    cacheFolder: cacheFolder(),
    runId,
    progress,
    redact: options.redact,
  });
  const context = { session, progress, logFolder: join(options.runFolder, "logs") };
  const plan = await planPorts(options.roles, options.brokers);
  const parts = await startParts(context, plan);
  const startupMs = {
    kafka: Math.round(parts.kafka.startupMs),
    postgres: Math.round(parts.postgres.startupMs),
    toxiproxy: Math.round(parts.toxiproxy.startupMs),
    total: Math.round(performance.now() - startedAtMs),
  };
  return { ...describeStack(context, plan, parts), startupMs };
}

/** Kafka, Postgres and Toxiproxy as processes of this machine, without Docker. */
export function createLocalStack(): StackAdapter {
  const abilities = { name: NAME, platform: process.platform, brokers: 3 };
  return { name: NAME, abilities, diagnose: diagnoseLocal, start: startStack };
}
