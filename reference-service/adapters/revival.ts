import { setTimeout as pause } from "node:timers/promises";

const REVIVALS_MAX = 20;
const FIRST_PAUSE_MS = 250;
const PAUSE_MS_MAX = 10_000;

export interface Watch {
  /** kafkajs has given the consumer up for good. */
  readonly crashed: (error: Error) => void;
  /** A record was handled: the consumer works, earlier deaths no longer count. */
  readonly progressed: () => void;
}

export interface RevivalOptions {
  /** Makes a consumer and runs it. */
  readonly start: (watch: Watch) => Promise<void>;
  /** Dead for good: a process that lives on would be a silent loss. */
  readonly onDead: (error: Error) => void;
  /** kafkajs gave up on an error of the protocol; another consumer takes the dead one's place. */
  readonly onRevival: (error: Error) => void;
}

/**
 * kafkajs restarts by itself after retriable errors only; after any other error of the protocol (a
 * coordinator that is shutting down, say) the consumer is dead while the process lives, so another
 * one takes its place, later each time. An error of our own code is fatal at once.
 */
export async function keepAlive({ start, onDead, onRevival }: RevivalOptions): Promise<{
  /** Resolves when no consumer will be started any more. */
  stop(): Promise<void>;
}> {
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  let revivals = 0;
  let reviving: Promise<void> = Promise.resolve();
  const watch: Watch = {
    crashed: (error) => {
      if (!isStopping()) reviving = revive(error);
    },
    progressed: () => {
      revivals = 0;
    },
  };
  const revive = async (death: Error): Promise<void> => {
    revivals += 1;
    if (isOurs(death) || revivals > REVIVALS_MAX) return onDead(death);
    onRevival(death);
    const delayMs = Math.min(PAUSE_MS_MAX, FIRST_PAUSE_MS * 2 ** (revivals - 1));
    // Rejects when told to stop, and only then.
    await pause(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    if (isStopping()) return;
    await start(watch).catch((failure: unknown) =>
      revive(failure instanceof Error ? failure : new Error(String(failure))),
    );
  };
  await start(watch);
  return {
    stop: async () => {
      stopping.abort();
      await reviving;
    },
  };
}

/** kafkajs wraps whatever a handler throws in errors of its own: the root says whose it is. */
export function isOurs(error: Error): boolean {
  return error.cause instanceof Error ? isOurs(error.cause) : !error.name.startsWith("KafkaJS");
}
