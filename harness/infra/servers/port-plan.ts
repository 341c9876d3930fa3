import { HarnessError, messageOf } from "../../model/errors.ts";
import type { HostPort, Progress } from "../../ports/basics.ts";
import type { ProxyHandle, ProxyServer } from "../../ports/links.ts";
import type { RoleListener } from "../../ports/stack.ts";
import { findFreePorts } from "../process/free-ports.ts";
import type { KafkaPorts } from "./kafka-properties.ts";

/** Ports of this machine, chosen before anything starts. */
export interface PortPlan {
  readonly listeners: readonly RoleListener[];
  readonly kafka: readonly KafkaPorts[];
  readonly postgres: number;
  readonly toxiproxy: number;
}

export type ChoosePorts = (roles: readonly string[], brokers: number) => Promise<PortPlan>;

const ATTEMPTS_MAX = 3;

/**
 * Starts what listens on chosen ports, and again on others where somebody took one in between. The last
 * error stands. `start` has ended whatever it started when it throws.
 */
export async function withFreePorts<T>(progress: Progress, start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (!tellsOfTakenPort(error)) throw error;
      if (attempt === ATTEMPTS_MAX) throw stillTaken(error);
      progress(`A port was taken by another program meanwhile: starting again on other ports`);
    }
  }
}

function stillTaken(cause: unknown): HarnessError {
  const details = cause instanceof HarnessError ? cause.details : [];
  const message = `${messageOf(cause)} A port was taken each of ${ATTEMPTS_MAX} times. Stop what listens there, or run again.`;
  return new HarnessError("environment", message, { cause, details });
}

const TAKEN =
  /EADDRINUSE|address (is )?already in use|address in use|port is already allocated|failed to bind host port/i;

function tellsOfTakenPort(error: unknown): boolean {
  const details = error instanceof HarnessError ? error.details : [];
  return [messageOf(error), ...details].some((line) => TAKEN.test(line));
}

export async function planPorts(roles: readonly string[], brokers: number): Promise<PortPlan> {
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

/** One proxy in front of each broker's listener for its peers; none with a single broker. */
export async function openPeerProxies(
  proxies: ProxyServer,
  cluster: readonly KafkaPorts[],
  boundAt: (ports: KafkaPorts, port: number) => HostPort,
): Promise<ReadonlyMap<number, ProxyHandle>> {
  const opened = new Map<number, ProxyHandle>();
  for (const ports of cluster) {
    const { node, peers } = ports;
    if (peers === undefined) continue;
    const upstream = boundAt(ports, peers.bound);
    const name = `broker-${node}.peers`;
    opened.set(node, await proxies.createProxy({ name, listenPort: peers.link, upstream }));
  }
  return opened;
}
