import { placeText } from "../../checker/evidence.ts";
import type { Recorded } from "./recorded.ts";
import type { Span } from "./span.ts";

/** A stretch of a lane: the life of a process, or who owned a partition. */
export interface Bar {
  readonly fromMs: number;
  readonly toMs: number;
  readonly instance: string;
  readonly kind: "starting" | "life" | "owned";
}

export interface Mark {
  readonly atMs: number;
  readonly kind: "delivery" | "redelivery" | "commit" | "offset" | "held" | "dropped" | "death";
  readonly title: string;
}

export interface Lane {
  readonly group: "instance" | "partition" | "link";
  readonly name: string;
  readonly bars: readonly Bar[];
  readonly marks: readonly Mark[];
}

/** Lanes of the timeline: instances, input partitions, and the links on which a frame was held. */
export function lanesOf(
  evidence: Recorded,
  span: Span,
): { readonly lanes: readonly Lane[]; readonly instances: readonly string[] } {
  const instances = [...new Set(evidence.processes.map(({ instance }) => instance))].sort();
  return {
    instances,
    lanes: [
      ...instances.map((instance) => instanceLane(evidence, instance, span)),
      ...partitionLanes(evidence, span),
      ...linkLanes(evidence),
    ],
  };
}

function instanceLane(evidence: Recorded, instance: string, span: Span): Lane {
  const own = evidence.processes.filter((event) => event.instance === instance);
  const bars = own.flatMap(({ kind, pid, atMs }): readonly Bar[] => {
    if (kind !== "spawned") return [];
    const ready = own.find((event) => event.pid === pid && event.kind === "ready")?.atMs;
    const end =
      own.find((event) => event.pid === pid && event.kind === "exited")?.atMs ?? span.endMs;
    const readyMs = Math.min(ready ?? end, end);
    return [
      { fromMs: atMs, toMs: readyMs, instance, kind: "starting" },
      { fromMs: readyMs, toMs: end, instance, kind: "life" },
    ];
  });
  const deaths = own.flatMap(({ kind, atMs, pid, signal, code }): readonly Mark[] =>
    kind === "exited" && atMs < span.endMs
      ? [{ atMs, kind: "death", title: `process ${pid} gone (${signal ?? `code ${code ?? "?"}`})` }]
      : [],
  );
  const deliveries = evidence.deliveries
    .filter((event) => event.instance === instance)
    .map(deliveryMark);
  const commits = evidence.wires.flatMap((event): readonly Mark[] =>
    event.instance === instance &&
    event.boundary === "postgres.commit.applied" &&
    event.tag === "COMMIT" &&
    event.action === "passed"
      ? [{ atMs: event.atMs, kind: "commit", title: `COMMIT (${event.keys.join(", ")})` }]
      : [],
  );
  return {
    group: "instance",
    name: instance,
    bars,
    marks: [...deliveries, ...commits, ...deaths],
  };
}

function deliveryMark({ atMs, attempt, position, key }: Recorded["deliveries"][number]): Mark {
  return {
    atMs,
    kind: attempt > 1 ? "redelivery" : "delivery",
    title: `${placeText(position)} (${key ?? "no key"}), attempt ${attempt}`,
  };
}

function partitionLanes(evidence: Recorded, span: Span): readonly Lane[] {
  const topic = evidence.header.inputTopic;
  const partitions = [
    ...new Set(
      evidence.inputLog
        .map(({ position }) => position.partition)
        .concat(
          evidence.deliveries.flatMap(({ position }) =>
            position.topic === topic ? [position.partition] : [],
          ),
        ),
    ),
  ].sort((a, b) => a - b);
  return partitions.map((partition) => ({
    group: "partition",
    name: `partition ${partition}`,
    bars: ownersOf(evidence, { topic, partition }, span),
    marks: [
      ...evidence.deliveries
        .filter(
          ({ position, attempt }) =>
            attempt > 1 && position.topic === topic && position.partition === partition,
        )
        .map(deliveryMark),
      ...evidence.commits.flatMap((event): readonly Mark[] =>
        event.topic === topic && event.partition === partition && event.moment === "applied"
          ? [
              {
                atMs: event.atMs,
                kind: "offset",
                title: `offset ${event.committed} committed by ${event.instance}`,
              },
            ]
          : [],
      ),
    ],
  }));
}

/** Who owned a partition, from one assignment to the next; a member that is evicted owns nothing. */
function ownersOf(
  { events }: Recorded,
  of: { readonly topic: string; readonly partition: number },
  span: Span,
): readonly Bar[] {
  const bars: Bar[] = [];
  let owner: {
    readonly instance: string;
    readonly memberId: string;
    readonly sinceMs: number;
  } | null = null;
  const close = (atMs: number): void => {
    if (owner === null) return;
    bars.push({ fromMs: owner.sinceMs, toMs: atMs, instance: owner.instance, kind: "owned" });
    owner = null;
  };
  for (const event of events) {
    if (event.stream !== "membership" || event.atMs > span.endMs) continue;
    const { memberId, instance, atMs, kind } = event;
    const isAssigned = (event.partitions ?? []).some(
      ({ topic, partition }) => topic === of.topic && partition === of.partition,
    );
    if (isAssigned) {
      close(atMs);
      owner = { instance, memberId, sinceMs: atMs };
    } else if (kind !== "joined" && isOwner(owner, memberId)) close(atMs);
  }
  close(span.endMs);
  return bars;
}

/** Its own function: the compiler takes `owner` for null after a closure has set it. */
function isOwner(owner: { readonly memberId: string } | null, memberId: string): boolean {
  return owner?.memberId === memberId;
}

const LINK_NAMES: Readonly<Record<string, string>> = {
  kafka: "Kafka",
  postgres: "Postgres",
  http: "API",
};

/** Only links on which the harness held or dropped a frame: the others passed everything. */
function linkLanes({ wires }: Recorded): readonly Lane[] {
  const touched = Map.groupBy(
    wires.filter(({ action }) => action === "held" || action === "dropped"),
    ({ instance, boundary }) =>
      `${instance} · ${LINK_NAMES[boundary.slice(0, boundary.indexOf("."))] ?? "link"}`,
  );
  return [...touched].map(([name, events]) => ({
    group: "link",
    name,
    bars: [],
    marks: events.map(({ atMs, boundary, action, keys }) => ({
      atMs,
      kind: action === "held" ? "held" : "dropped",
      title: `${boundary} ${action} (${keys.join(", ") || "no key"})`,
    })),
  }));
}
