import type { StoryLine } from "../model/guarantee.ts";
import type { HistoryEvent } from "../model/history.ts";
import { placeText, type Evidence } from "./evidence.ts";

const LINES_MAX = 40;

/**
 * What happened to one business key across Kafka, Postgres, HTTP and processes, in order: told on a
 * second pass over the history, since only its findings say whose story is wanted.
 */
export class Story {
  readonly lines: StoryLine[] = [];
  private readonly subject: Subject;
  private readonly shown = new Set<number>();
  private readonly linesMax: number;

  constructor(evidence: Evidence, key: string | null, linesMax = LINES_MAX) {
    this.linesMax = linesMax;
    const event = evidence.expected.find((candidate) => candidate.key === key);
    this.subject = { key, event, evidence };
  }

  /** Events that show what was found: they are in the story, however long it is. */
  mustTell(seqs: readonly number[]): void {
    for (const seq of seqs) this.shown.add(seq);
  }

  see(event: HistoryEvent): void {
    const { seq, atMs } = event;
    const isShown = this.shown.has(seq);
    if (this.lines.length >= this.linesMax && !isShown) return;
    const text = lineOf(event, this.subject) ?? (isShown ? anyLineOf(event) : null);
    if (text !== null) this.lines.push({ seq, atMs, text });
  }
}

interface Subject {
  readonly key: string | null;
  readonly event: Evidence["expected"][number] | undefined;
  readonly evidence: Evidence;
}

function lineOf(event: HistoryEvent, subject: Subject): string | null {
  const { key } = subject;
  switch (event.stream) {
    case "intent":
      return event.key === key
        ? `sent to Kafka, stored at ${event.position === "unknown" ? "an unknown place" : placeText(event.position)}`
        : null;
    case "delivery":
      return event.key === key
        ? `${placeText(event.position)} delivered to ${event.instance} (attempt ${event.attempt})`
        : null;
    case "wire":
      return key !== null && event.keys.includes(key)
        ? `${event.boundary} of ${event.instance}${event.tag === null ? "" : ` (${event.tag})`}: ${event.action}`
        : null;
    case "fault":
      return event.moment === "planned"
        ? null
        : `fault ${event.faultId} ${event.moment}: ${event.detail}`;
    case "process":
      return processLine(event);
    case "membership":
      return membershipLine(event);
    case "call":
      return event.key === key
        ? `${event.callId} ${event.moment} by ${event.api} for ${event.instance}, idempotency key ${event.idempotencyKey ?? "none"}${event.replayed ? ", answer replayed" : ""}`
        : null;
    case "offset":
      return offsetLine(event, subject);
    case "effect":
      return effectLine(event, subject);
    case "log":
      return event.key === key && event.role === "output"
        ? `published as ${placeText(event.position)}`
        : null;
    case "asked-row":
    case "header":
    case "assumption":
    case "metric":
    case "unread":
    case "phase":
    case "note":
      return null;
  }
}

function membershipLine(event: Extract<HistoryEvent, { stream: "membership" }>): string | null {
  switch (event.kind) {
    case "evicted":
      return `${event.instance} evicted from its group (${event.eviction})`;
    case "left-to-timeout":
      return `${event.instance} is left to its session timeout`;
    case "already-gone":
      return `${event.instance} was no member of its group any more`;
    case "joined":
    case "left":
    case "assigned":
      return null;
  }
}

function processLine(event: Extract<HistoryEvent, { stream: "process" }>): string | null {
  const { kind, instance, pid, signal, code, version } = event;
  const who = `${instance} (pid ${pid}${version === "next" ? ", next version" : ""})`;
  if (kind === "exited") return `${who} exited, ${signal ?? `code ${code}`}`;
  return kind === "signalled" && signal?.startsWith("SIG") === true ? `${who} got ${signal}` : null;
}

function offsetLine(
  event: Extract<HistoryEvent, { stream: "offset" }>,
  { event: expected }: Subject,
): string | null {
  const position = expected?.position ?? null;
  if (position === null || event.kind === "final" || event.moment === "acknowledged") return null;
  const isItsOwn =
    event.topic === position.topic &&
    event.partition === position.partition &&
    event.committed === position.offset + 1;
  if (!isItsOwn) return null;
  const answer = event.errorCode === null ? "" : ` (error code ${event.errorCode})`;
  return `${event.instance}: commit of offset ${event.committed} ${event.moment}${answer}`;
}

function effectLine(
  event: Extract<HistoryEvent, { stream: "effect" }>,
  { event: expected, evidence, key }: Subject,
): string | null {
  if (event.op !== "insert" || expected === undefined) return null;
  const declaration = evidence.header.effects.find(
    (effect) => effect.kind === "row" && effect.table === event.table,
  );
  if (declaration?.kind !== "row" || event.after?.[declaration.key] !== key) return null;
  return `audit: ${event.table} row inserted by ${event.instance ?? "nobody on a link"} in transaction ${event.xid} (commit ${event.commitOrder})`;
}

/** For an event that shows what was found without naming the key. */
function anyLineOf(event: HistoryEvent): string {
  if (event.stream === "effect") {
    const by = event.instance ?? "nobody on a link";
    return `audit: ${event.table} row ${event.op} by ${by} in transaction ${event.xid}`;
  }
  if (event.stream === "offset") {
    const { topic, partition, committed } = event;
    return event.kind === "final"
      ? `${topic}[${partition}]: committed ${committed} of ${event.logEnd}`
      : `${event.instance}: commit of offset ${committed} of ${topic}[${partition}] ${event.moment}`;
  }
  if (event.stream === "log") return `${event.role} record ${placeText(event.position)}`;
  return `${event.stream} event`;
}
