import type { HostPort } from "../../ports/basics.ts";
import type { Tap } from "../../ports/tap.ts";
import { startRelay } from "../relay.ts";
import type { KafkaSessionOptions } from "./exchange.ts";
import { KafkaSession } from "./session.ts";
import { KafkaTapState } from "./tap-state.ts";

export type KafkaTapOptions = KafkaSessionOptions & { readonly upstream: HostPort };

export interface KafkaTap extends Tap {
  /** The member id this instance used last in its group; null before it joined. */
  memberId(): string | null;
}

/** Relays one instance's Kafka connections; records deliveries, commits, publishes and membership. */
export async function startKafkaTap(options: KafkaTapOptions): Promise<KafkaTap> {
  const state = new KafkaTapState();
  const relay = await startRelay(options.upstream, () => new KafkaSession({ ...options, state }));
  return {
    ...relay,
    memberId: () => state.memberId(),
    unknownFrames: () => state.unknownFrames(),
    [Symbol.asyncDispose]: () => relay.close(),
  };
}
