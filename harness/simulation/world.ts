import type { Protocol } from "./protocol.ts";
import type { Consumer, Lane, Role, State } from "./state.ts";
import type { EventBody } from "../model/history.ts";

/** A record of the input topic, all of which is there from the start. */
export interface InputRecord {
  readonly eventId: string;
  readonly key: string;
  readonly operation: string;
  readonly account: string;
  readonly amount: number;
  readonly partition: number;
  readonly offset: number;
  readonly isPoison: boolean;
  /** Its producer sent the event before. */
  readonly isCopy: boolean;
}

/** Faults are chances taken at any step, as long as the world's budget lasts. */
export type FaultKind =
  | "crash"
  /** What a server was asked never arrives. */
  | "lost-request"
  /** It was done, and the answer never arrives. */
  | "lost-answer"
  /** The caller gave up; the API does it some time later. */
  | "late-call"
  /** A statement is refused, e.g. by its lock timeout. */
  | "refused-statement"
  /** A partition moves to another instance while its owner goes on: a zombie. */
  | "rebalance"
  /** A worker is so slow that its lease runs out, and it goes on. */
  | "expired-lease";

/** A small world to be explored. Roles that are not explored run without faults, before or after. */
export interface World {
  readonly id: string;
  readonly title: string;
  readonly instances: number;
  readonly partitions: number;
  readonly records: readonly InputRecord[];
  /** Run to their end first. */
  readonly before: readonly Role[];
  readonly explored: readonly Role[];
  readonly faults: readonly FaultKind[];
  /** How many of them may happen in one run. */
  readonly faultsMax: number;
}

/** Where facts of a run go; exploration takes none. */
export interface Sink {
  readonly emit: (body: () => EventBody) => void;
}

export interface Context {
  readonly world: World;
  /** What an instance runs: two versions may run side by side. */
  readonly protocolOf: (instance: number) => Protocol;
  readonly sink: Sink;
}

export const INPUT = "payments.requested";
export const OUTPUT = "payments.settled";

export const topicOf = (role: Consumer): string => (role === "payments" ? INPUT : OUTPUT);
export const nameOf = (instance: number): string => `consumer-${instance + 1}`;
export const isConsumer = (role: Role): role is Consumer =>
  role === "payments" || role === "settlements";

/** How the API tells calls apart. */
export const callName = (event: number, idempotencyKey: string): string =>
  `${event} ${idempotencyKey}`;

/** The record at a place of a consumer's topic. */
export function recordAt(
  { world }: Context,
  state: State,
  { role, place }: Pick<Lane, "role" | "place">,
): InputRecord | null {
  if (place === null) return null;
  if (role === "settlements") return world.records[state.output[place.offset]?.event ?? -1] ?? null;
  return (
    world.records.find(
      ({ partition, offset }) => partition === place.partition && offset === place.offset,
    ) ?? null
  );
}

/** The offset behind the last record of a partition. */
export function endOf({ world }: Context, state: State, role: Consumer, partition: number): number {
  if (role === "settlements") return partition === 0 ? state.output.length : 0;
  return world.records.filter((record) => record.partition === partition).length;
}

/** Instance n owns every nth partition; nothing has been read. */
export function initialState(world: World): State {
  const groupOf = (partitions: number): State["groups"][Consumer] => ({
    owners: Array.from({ length: partitions }, (_, partition) => partition % world.instances),
    generations: Array.from({ length: partitions }, () => 1),
    committed: Array.from({ length: partitions }, () => 0),
  });
  const groups = { payments: groupOf(world.partitions), settlements: groupOf(1) };
  const positions = (role: Consumer, instance: number): readonly (number | null)[] =>
    groups[role].owners.map((owner) => (owner === instance ? 0 : null));
  return {
    groups,
    output: [],
    database: { commits: [], dedup: {}, accounts: {}, outbox: [], captures: [], letters: [] },
    api: { calls: world.records.map(() => 0), received: [], applied: [], late: [] },
    instances: Array.from({ length: world.instances }, (_, index) => ({
      isAlive: true,
      incarnation: 1,
      positions: {
        payments: positions("payments", index),
        settlements: positions("settlements", index),
      },
      batches: { payments: null, settlements: null },
    })),
    lanes: [],
    faults: 0,
    seen: {},
  };
}
