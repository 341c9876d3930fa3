import type { HostPort, Recorder } from "../../ports/basics.ts";
import type { Attribution, Gate, Tap } from "../../ports/tap.ts";
import { startRelay } from "../relay.ts";
import { PostgresSession, type SessionOptions } from "./session.ts";

export interface PostgresTapOptions {
  readonly instance: string;
  readonly upstream: HostPort;
  /** Address to listen on; loopback where left out. */
  readonly host?: string;
  readonly recorder: Recorder;
  readonly gate: Gate;
  readonly attribution: Attribution;
  readonly stamp: () => string;
  /** See SessionOptions; nothing is recorded where left out. */
  readonly asks?: SessionOptions["asks"];
}

/** Relays one instance's Postgres sessions and announces their commit boundaries. */
export async function startPostgresTap(options: PostgresTapOptions): Promise<Tap> {
  const unknown: Record<string, number> = {};
  const onUnknown = (name: string): void => {
    unknown[name] = (unknown[name] ?? 0) + 1;
  };
  const relay = await startRelay(
    options.upstream,
    () => new PostgresSession({ ...options, asks: options.asks ?? null, onUnknown }),
    { host: options.host },
  );
  return {
    ...relay,
    unknownFrames: () => ({ ...unknown }),
    relayedFrames: () => ({}),
    [Symbol.asyncDispose]: () => relay.close(),
  };
}
