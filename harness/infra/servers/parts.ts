import type { HostPort } from "../../ports/basics.ts";
import type { Broker } from "../../ports/broker.ts";
import type { DatabaseServer } from "../../ports/database.ts";
import type { ProxyServer } from "../../ports/links.ts";
import type { ServerAddress } from "../postgres/connection.ts";
import type { Child } from "../process/child.ts";

/** The running brokers of a stack, whatever runs them. */
export interface KafkaPart {
  /** Processes by node id. */
  readonly children: ReadonlyMap<number, Child>;
  readonly broker: Broker;
  readonly direct: readonly HostPort[];
  readonly startupMs: number;
  /** Starts a node again on the same data and ports; resolves when the group coordinator answers. */
  restart(node: number): Promise<Child>;
}

export interface PostgresPart {
  readonly child: Child;
  readonly database: DatabaseServer;
  readonly address: ServerAddress;
  readonly version: string;
  readonly startupMs: number;
  /** Starts it again on the same data and port; resolves when it answers. */
  restart(): Promise<Child>;
}

export interface ToxiproxyPart {
  readonly child: Child;
  readonly proxies: ProxyServer;
  readonly startupMs: number;
}
