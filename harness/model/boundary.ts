/**
 * Boundaries: named points of a protocol conversation, `<protocol>.<conversation>.<moment>`.
 * `requested`: the subject sent it, the server has not seen it. `applied`: the server did it, the
 * subject has not been told. `acknowledged`: the answer went on to the subject.
 */
export const MOMENTS = ["requested", "applied", "acknowledged"] as const;
export type Moment = (typeof MOMENTS)[number];

export const CONVERSATIONS = [
  "kafka.fetch",
  "kafka.offset-commit",
  "kafka.produce",
  "kafka.txn-end",
  "postgres.begin",
  "postgres.statement",
  "postgres.commit",
] as const;
export type Conversation = (typeof CONVERSATIONS)[number];

/** Not a frame but a fact: nothing can be held here. */
export const PROCESS_BOUNDARIES = ["process.spawned", "process.ready", "process.exited"] as const;
type ProcessBoundary = (typeof PROCESS_BOUNDARIES)[number];

/** Fired by a person during a live game day, not by the wire. */
export const MANUAL = "manual";

export type BoundaryName =
  `${Conversation}.${Moment}` | `http.${string}.${Moment}` | ProcessBoundary | typeof MANUAL;

/** Boundary names a scenario may use, given the external APIs its effects declare. */
export function boundariesFor(apis: readonly string[]): readonly BoundaryName[] {
  const conversations = [...CONVERSATIONS, ...apis.map((api) => `http.${api}` as const)];
  return [
    ...conversations.flatMap((name) => MOMENTS.map((moment) => `${name}.${moment}` as const)),
    ...PROCESS_BOUNDARIES,
    MANUAL,
  ];
}

/** The protocol a boundary belongs to. */
export function protocolOf(boundary: BoundaryName): Protocol {
  return boundary === MANUAL ? MANUAL : (boundary.slice(0, boundary.indexOf(".")) as Protocol);
}

type Protocol = "kafka" | "postgres" | "http" | "process" | typeof MANUAL;
