import type { HostPort } from "../../ports/basics.ts";
import type { Tap } from "../../ports/tap.ts";
import { startRelay } from "../relay.ts";
import { KafkaSession, type KafkaSessionOptions } from "./session.ts";

export type KafkaTapOptions = Omit<KafkaSessionOptions, "onMember" | "onUnknown"> & {
  readonly upstream: HostPort;
};

export interface KafkaTap extends Tap {
  /** The member id this instance used last in its group; null before it joined. */
  memberId(): string | null;
}

/** Relays one instance's Kafka connections; records deliveries, offset commits and membership. */
export async function startKafkaTap(options: KafkaTapOptions): Promise<KafkaTap> {
  const unknown: Record<string, number> = {};
  let memberId: string | null = null;
  const relay = await startRelay(
    options.upstream,
    () =>
      new KafkaSession({
        ...options,
        onMember: (id) => (memberId = id),
        onUnknown: (name) => (unknown[name] = (unknown[name] ?? 0) + 1),
      }),
  );
  return {
    ...relay,
    memberId: () => memberId,
    unknownFrames: () => ({ ...unknown }),
    [Symbol.asyncDispose]: () => relay.close(),
  };
}
