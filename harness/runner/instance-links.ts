import { HarnessError } from "../model/errors.ts";
import { hasRedeploy } from "../model/scenario.ts";
import type { HostPort } from "../ports/basics.ts";
import type { ProxyHandle } from "../ports/links.ts";
import type { Gate, Tap } from "../ports/tap.ts";
import type { ApiDouble } from "../ports/api.ts";
import { CommittedOffsets } from "../taps/kafka/committed-offsets.ts";
import { DeliveryCounter } from "../taps/kafka/delivery-counter.ts";
import { startKafkaTap, type KafkaTap } from "../taps/kafka/kafka-tap.ts";
import { startPostgresTap, type PostgresTapOptions } from "../taps/postgres/postgres-tap.ts";
import type { ScenarioContext } from "./scenario-context.ts";
import { stampOf } from "./versions.ts";

/** One instance's paths: subject → Toxiproxy → tap → server, for Kafka, Postgres and the API. */
export interface InstanceLinks {
  readonly instance: string;
  /** One proxy for each broker, one tap for all of them. */
  readonly kafka: {
    /** As the subject reaches them. */
    readonly addresses: readonly HostPort[];
    /** Node ids, in the order of the proxies. */
    readonly brokers: readonly number[];
    readonly proxies: readonly ProxyHandle[];
    readonly tap: KafkaTap;
  };
  readonly postgres: LinkTo & { readonly tap: Tap };
  readonly api: LinkTo;
}

interface LinkTo {
  /** As the subject reaches it. */
  readonly address: HostPort;
  readonly proxies: readonly [ProxyHandle];
}

export interface OpenLinks extends AsyncDisposable {
  readonly all: readonly InstanceLinks[];
  of(instance: string): InstanceLinks;
}

/** Opens every instance's links. What was opened is closed again when a later one fails. */
export async function openLinks(
  context: ScenarioContext,
  gate: Gate,
  api: ApiDouble,
): Promise<OpenLinks> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.allSettled(closers.splice(0).map((closer) => closer()));
  };
  const group = { counter: new DeliveryCounter(), committed: new CommittedOffsets() };
  try {
    const all = await Promise.all(
      context.instances.map((instance) =>
        openInstance({ context, gate, api, group, closers }, instance),
      ),
    );
    const byName = new Map(all.map((links) => [links.instance, links]));
    return { all, of: (instance) => required(byName, instance), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Opening {
  readonly context: ScenarioContext;
  readonly gate: Gate;
  readonly api: ApiDouble;
  /** What the taps of all instances have in common. */
  readonly group: { readonly counter: DeliveryCounter; readonly committed: CommittedOffsets };
  readonly closers: (() => Promise<void>)[];
}

async function openInstance(opening: Opening, instance: string): Promise<InstanceLinks> {
  const { context, gate, closers } = opening;
  const listeners = context.stack.listeners.filter((candidate) => candidate.role === instance);
  if (listeners.length === 0) {
    throw new HarnessError("internal", `The stack has no Kafka listener for ${instance}.`);
  }
  const host = context.stack.tapHost;
  const shared = { instance, recorder: context.recorder, gate, host };
  const kafkaTap = await startKafkaTap({
    ...shared,
    upstreams: listeners.map(({ upstream }) => upstream),
    ...opening.group,
    isConsumed: (topic) => context.consumed.some((consumed) => consumed.topic === topic),
    keyAt: (topic, partition, offset) => context.inFlight.at(topic, partition, offset),
    attribution: context.inFlight,
    onDelivered: (position, key) => {
      // Offsets of other groups are not those of the input: only these name an intent.
      if (position.topic === context.header.inputTopic) context.inFlight.place(position, key);
    },
  });
  closers.push(() => kafkaTap.close());
  const postgresTap = await startPostgresTap({
    ...shared,
    attribution: context.inFlight,
    upstream: context.stack.directPostgres,
    stamp: () => stampOf(instance, context.versions.of(instance)),
    asks: asksOf(context, instance),
  });
  closers.push(() => postgresTap.close());
  const proxyFor = async (kind: string, listenPort: number, upstream: HostPort) => {
    const name = `${context.scenario.id}.${instance}.${kind}`;
    const proxy = await context.stack.proxies.createProxy({ name, listenPort, upstream });
    closers.push(() => proxy.remove());
    return proxy;
  };
  const brokers = listeners.map(({ broker, linkPort }, index) => {
    const upstream = kafkaTap.listens[index];
    if (upstream === undefined) throw new HarnessError("internal", `No tap for broker ${broker}.`);
    return proxyFor(listeners.length === 1 ? "kafka" : `kafka-${broker}`, linkPort, upstream);
  });
  const [kafka, postgres, http] = await Promise.all([
    Promise.all(brokers),
    proxyFor("postgres", 0, postgresTap.listen),
    proxyFor("api", 0, opening.api.addressFor(instance)),
  ]);
  return {
    instance,
    kafka: {
      addresses: kafka.map(({ address }) => address),
      brokers: listeners.map(({ broker }) => broker),
      proxies: kafka,
      tap: kafkaTap,
    },
    postgres: { address: postgres.address, proxies: [postgres], tap: postgresTap },
    api: { address: http.address, proxies: [http] },
  };
}

function required(links: ReadonlyMap<string, InstanceLinks>, instance: string): InstanceLinks {
  const found = links.get(instance);
  if (found === undefined) throw new HarnessError("internal", `No links for ${instance}.`);
  return found;
}

/** The dedup keys that each version asks for, where versions are compared. */
function asksOf(
  context: ScenarioContext,
  instance: string,
): NonNullable<PostgresTapOptions["asks"]> | null {
  const { dedup = null } = context.header;
  if (dedup === null || !hasRedeploy(context.scenario)) return null;
  return { table: dedup.table, version: () => context.versions.of(instance) };
}
