import type {
  AssumptionEvent,
  CallEvent,
  DeliveryEvent,
  FaultEvent,
  HeaderEvent,
  HistoryEvent,
  IntentEvent,
  LogEvent,
  MetricEvent,
  OffsetCommitEvent,
  OffsetFinalEvent,
  Phase,
  ProcessEvent,
  UnreadEvent,
  WireEvent,
} from "../model/history.ts";
import { ChangeFacts } from "./change-facts.ts";
import { EffectIntake } from "./effects.ts";
import type { Evidence, Stamped, TrailEvent } from "./evidence.ts";
import { acceptedOf, idOf, resolver, strictResolver } from "./expected.ts";
import { Texts } from "./texts.ts";
import { WireFacts } from "./wire-facts.ts";

/**
 * Reads the events of one scenario run, once and in order, and keeps what the guarantees need. What it
 * keeps grows with business keys, deliveries and commits, never with frames or answers.
 */
export class Intake {
  private kept: Kept | null = null;
  /** Events from before the header: there are none in a whole history. */
  private early: HistoryEvent[] = [];
  private firstAtMs: number | null = null;
  private lastAtMs = 0;
  private clockWentBackAt: number | null = null;

  see(event: HistoryEvent): void {
    this.firstAtMs ??= event.atMs;
    if (event.atMs < this.lastAtMs) this.clockWentBackAt ??= event.seq;
    this.lastAtMs = event.atMs;
    if (this.kept !== null) this.kept.see(event);
    else if (event.stream === "header") this.begin(event);
    else this.early.push(event);
  }

  /** Null when the history has no header: it says nothing that could be judged. */
  evidence(): Evidence | null {
    const { firstAtMs, lastAtMs, clockWentBackAt } = this;
    const facts = this.kept?.facts() ?? null;
    if (facts === null) return null;
    return { ...facts, firstAtMs: firstAtMs ?? 0, lastAtMs, clockWentBackAt };
  }

  private begin(header: Stamped<HeaderEvent>): void {
    this.kept = new Kept(header);
    for (const event of this.early) this.kept.see(event);
    this.early = [];
  }
}

class Kept {
  private readonly header: Stamped<HeaderEvent>;
  private readonly texts = new Texts();
  private readonly wires = new WireFacts();
  private readonly changes: ChangeFacts;
  private readonly effects: EffectIntake;
  private readonly intents: Stamped<IntentEvent>[] = [];
  private readonly copies: Stamped<IntentEvent>[] = [];
  private readonly inputLog: Stamped<LogEvent>[] = [];
  private readonly outputLog: Stamped<LogEvent>[] = [];
  private readonly deliveries: Stamped<DeliveryEvent>[] = [];
  private readonly commits: Stamped<OffsetCommitEvent>[] = [];
  private readonly finals: Stamped<OffsetFinalEvent>[] = [];
  private readonly attempts: Stamped<CallEvent>[] = [];
  private readonly answers = new Map<string, number>();
  private readonly trail: TrailEvent[] = [];
  private readonly fates: Stamped<WireEvent>[] = [];
  private readonly metCalls: Stamped<CallEvent>[] = [];
  private readonly faults: Stamped<FaultEvent>[] = [];
  private readonly assumptions: Stamped<AssumptionEvent>[] = [];
  private readonly metrics: Stamped<MetricEvent>[] = [];
  private readonly processes: Stamped<ProcessEvent>[] = [];
  private readonly unread = new Map<string, number>();
  private readonly relayed = new Map<string, number>();
  private readonly reached = new Set<Phase>();

  constructor(header: Stamped<HeaderEvent>) {
    this.header = header;
    this.changes = new ChangeFacts(header, this.texts);
    this.effects = new EffectIntake(header.effects, this.texts);
  }

  see(event: HistoryEvent): void {
    switch (event.stream) {
      case "intent":
        return void (event.isCopy === true ? this.copies : this.intents).push(
          this.texts.intent(event),
        );
      case "log":
        return this.log(this.texts.log(event));
      case "delivery":
        return this.delivery(this.texts.delivery(event));
      case "offset":
        return this.offset(event);
      case "effect":
        this.changes.see(event);
        return this.effects.change(event);
      case "asked-row":
        return this.changes.keyChanges.asked(event);
      case "call":
        return this.call(event);
      case "process":
        if (event.kind === "spawned") {
          this.trail.push(event);
          this.changes.keyChanges.spawned(event);
        }
        return void this.processes.push(event);
      case "fault":
        if (event.moment === "fired") this.wires.faultFired(event);
        return void this.faults.push(event);
      case "wire":
        return this.wire(event);
      case "unread":
        return countFrames(event.why === "by-design" ? this.relayed : this.unread, event);
      case "membership":
        return void this.trail.push(event);
      case "assumption":
        return void this.assumptions.push(event);
      case "metric":
        return void this.metrics.push(event);
      case "phase":
        if (event.phase === "down" || event.phase === "end") this.reached.add(event.phase);
        return;
      case "header":
      case "note":
        return;
    }
  }

  facts(): Omit<Evidence, "firstAtMs" | "lastAtMs" | "clockWentBackAt"> {
    const { header, intents, inputLog, assumptions } = this;
    const accepted = acceptedOf(intents, inputLog);
    const poison = new Set(intents.flatMap((intent) => (intent.isPoison ? [idOf(intent)] : [])));
    const expected = accepted.events.filter(({ id }) => !poison.has(id));
    const isCollected = this.reached.size > 0;
    const eventOf = isCollected ? resolver(expected) : strictResolver(expected);
    return {
      header,
      expected,
      eventOf,
      ...this.effects.groupedBy(eventOf, accepted.slots),
      intents,
      inputLog,
      onLog: accepted.onLog,
      outputLog: this.outputLog,
      copies: this.copies,
      poisoned: accepted.events.filter(({ id }) => poison.has(id)),
      deliveries: this.deliveries,
      commits: this.commits,
      finals: this.finals,
      attempts: this.attempts,
      answers: this.answers,
      changes: this.changes,
      wires: this.wires,
      trail: this.trail,
      fates: this.fates,
      metCalls: this.metCalls,
      faults: this.faults,
      assumptions,
      metrics: this.metrics,
      processes: this.processes,
      unread: this.unread,
      relayed: this.relayed,
      isObserved: !assumptions.some(
        ({ name, holds }) => name === "observer-complete" && holds !== true,
      ),
      isCollected,
      isEnded: this.reached.has("end"),
      isDrained: assumptions.findLast(({ name }) => name === "drained")?.holds === true,
    };
  }

  private mayBeIntercepted({ key }: CallEvent): boolean {
    return this.header.faults.some(
      (fault) => fault.fault === "intercept" && (fault.key === null || fault.key === key),
    );
  }

  private delivery(event: Stamped<DeliveryEvent>): void {
    this.trail.push(event);
    this.changes.keyChanges.delivered(event);
    this.deliveries.push(event);
  }

  private log(event: Stamped<LogEvent>): void {
    if (event.role === "input") this.inputLog.push(event);
    else this.outputLog.push(event);
    if (event.role === "output") this.effects.published(event);
  }

  private offset(event: Stamped<OffsetCommitEvent | OffsetFinalEvent>): void {
    if (event.kind === "final") this.finals.push(event);
    else if (event.moment !== "acknowledged") {
      const commit = this.texts.commit(event);
      this.commits.push(commit);
      if (event.moment === "applied") this.trail.push(commit);
    }
  }

  private wire(event: Stamped<WireEvent>): void {
    this.changes.keyChanges.wire(event);
    const { boundary, action, tag } = event;
    const isFate = action === "dropped" || action === "released";
    this.wires.see(event);
    if (isFate) this.fates.push(event);
    const isCommit = boundary === "postgres.commit.applied" && tag === "COMMIT";
    // A held request is told twice: when it comes, and when it goes on.
    if (isCommit || (boundary === "kafka.produce.requested" && !isFate))
      this.trail.push(this.texts.wire(event));
  }

  private call(seen: Stamped<CallEvent>): void {
    const event = seen.moment === "answered" ? seen : this.texts.call(seen);
    if (event.moment === "received") this.trail.push(event);
    this.effects.call(event);
    if (event.moment === "answered") {
      const name = `${event.instance} ${event.api}`;
      this.answers.set(name, (this.answers.get(name) ?? 0) + 1);
    }
    this.changes.keyChanges.call(event);
    if (this.mayBeIntercepted(event)) this.metCalls.push(event);
    if (event.moment === "received" || event.moment === "looked-up") this.attempts.push(event);
  }
}

function countFrames(counts: Map<string, number>, { name, count }: UnreadEvent): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

/** The evidence of one scenario run; null when its history has no header. */
export function evidenceOf(events: readonly HistoryEvent[]): Evidence | null {
  const intake = new Intake();
  for (const event of events) intake.see(event);
  return intake.evidence();
}
