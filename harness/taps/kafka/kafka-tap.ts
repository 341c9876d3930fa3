import type { HostPort } from "../../ports/basics.ts";
import type { Tap } from "../../ports/tap.ts";
import { startRelay, type Relay } from "../relay.ts";
import type { KafkaSessionOptions } from "./exchange.ts";
import { KafkaSession } from "./session.ts";
import type { Member } from "./group-messages.ts";
import { KafkaTapState } from "./tap-state.ts";

export type KafkaTapOptions = KafkaSessionOptions & {
  /** One for each broker. */
  readonly upstreams: readonly HostPort[];
  /** Address to listen on; loopback where left out. */
  readonly host?: string;
  /** Where to listen for each broker; any free port where left out. */
  readonly listenPorts?: readonly number[];
};

export interface KafkaTap extends Omit<Tap, "listen"> {
  /** Where the proxies in front connect to, in the order of the upstreams. */
  readonly listens: readonly HostPort[];
  /** The member id this instance used last in each group it has joined. */
  members(): readonly Member[];
}

/** Relays one instance's Kafka connections; records deliveries, commits, publishes and membership. */
export async function startKafkaTap(options: KafkaTapOptions): Promise<KafkaTap> {
  const state = new KafkaTapState();
  const relays = await Promise.all(
    options.upstreams.map((upstream, index) =>
      startRelay(upstream, () => new KafkaSession({ ...options, state }), {
        host: options.host,
        port: options.listenPorts?.[index],
      }),
    ),
  );
  const sum = (of: (relay: Relay) => number): number =>
    relays.reduce((total, relay) => total + of(relay), 0);
  const close = async (): Promise<void> => {
    await Promise.all(relays.map((relay) => relay.close()));
  };
  return {
    listens: relays.map(({ listen }) => listen),
    connectionCount: () => sum((relay) => relay.connectionCount()),
    answeredFrames: () => sum((relay) => relay.answeredFrames()),
    members: () => state.members(),
    unknownFrames: () => state.unknownFrames(),
    relayedFrames: () => state.relayedFrames(),
    close,
    [Symbol.asyncDispose]: close,
  };
}
