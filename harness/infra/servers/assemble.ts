import { join } from "node:path";
import type { ProxyHandle } from "../../ports/links.ts";
import type { StartedStack } from "../../ports/stack.ts";
import type { SubjectRunner } from "../../ports/subject.ts";
import { lastLinesOf } from "../process/log-tail.ts";
import type { KafkaPart, PostgresPart, ToxiproxyPart } from "./parts.ts";
import type { PortPlan } from "./port-plan.ts";
import { createServerControl } from "./server-control.ts";
import type { ServerWatch } from "./server-watch.ts";
import { unlessLost } from "./unless-lost.ts";

const LOG_LINES = 50;

export interface Parts {
  readonly kafka: KafkaPart;
  readonly postgres: PostgresPart;
  readonly toxiproxy: ToxiproxyPart;
  /** By node id; empty with a single broker. */
  readonly peerProxies: ReadonlyMap<number, ProxyHandle>;
}

/** What differs from one kind of stack to another. */
export interface StackFacts {
  readonly name: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly plan: PortPlan;
  readonly parts: Parts;
  readonly subjects: SubjectRunner;
  /** Address that the harness's taps and doubles listen on. */
  readonly tapHost: string;
  readonly logFolder: string;
  readonly dataFolder: string | null;
  readonly startedAtMs: number;
  readonly watch: ServerWatch;
  /** Ends every server; called once the harness's own clients are closed. */
  readonly end: () => Promise<void>;
}

/** A started stack of these parts, behind its port. */
export function assembleStack(facts: StackFacts): StartedStack {
  const { kafka, postgres, toxiproxy } = facts.parts;
  const { watch } = facts;
  for (const server of [...kafka.children.values(), postgres.child, toxiproxy.child]) {
    watch.watch(server);
  }
  const stop = async (): Promise<void> => {
    watch.end();
    // Clients first, so that none tries to reconnect to a dead server; their errors change nothing.
    await Promise.allSettled([kafka.broker.close(), postgres.database.close()]);
    await facts.end();
  };
  return {
    name: facts.name,
    versions: {
      ...facts.versions,
      postgres: postgres.version,
      toxiproxy: toxiproxy.proxies.version,
    },
    listeners: facts.plan.listeners,
    directKafka: kafka.direct,
    directPostgres: { host: postgres.address.host, port: postgres.address.port },
    postgresUser: postgres.address.user,
    postgresPassword: postgres.address.password,
    broker: unlessLost(kafka.broker, watch.lost),
    database: unlessLost(postgres.database, watch.lost),
    proxies: toxiproxy.proxies,
    subjects: facts.subjects,
    servers: createServerControl(facts.parts, watch),
    tapHost: facts.tapHost,
    dataFolder: facts.dataFolder,
    logTail: (server) =>
      Promise.resolve(lastLinesOf(join(facts.logFolder, `${server}.log`), LOG_LINES)),
    startupMs: {
      kafka: Math.round(kafka.startupMs),
      postgres: Math.round(postgres.startupMs),
      toxiproxy: Math.round(toxiproxy.startupMs),
      total: Math.round(performance.now() - facts.startedAtMs),
    },
    lost: watch.lost,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
