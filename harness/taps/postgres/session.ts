import type { Attribution, Gate, HeldFrameDecision, Named } from "../../ports/tap.ts";
import type { Recorder } from "../../ports/basics.ts";
import { meetBoundary, noteRefused } from "../hold.ts";
import { LengthFramer, WHOLE_BYTES_MAX, type FrameShape } from "../length-framer.ts";
import type { Conversation, Direction, Fate } from "../relay.ts";
import type { Version } from "../../model/history.ts";
import type { Moment } from "../../model/boundary.ts";
import { insertOf, rowOf, type InsertShape } from "./insert.ts";
import {
  asksToBegin,
  asksToCommit,
  bindOf,
  commandTag,
  parseOf,
  queryText,
  readyStatus,
  sqlState,
  startupKind,
  typeOf,
  withApplicationName,
} from "./messages.ts";

/** What a message asks the server to do. */
type Asked = "begin" | "statement" | "commit";

/** A prepared statement: what it does, and how to read the row it asks for. */
interface Prepared {
  readonly asked: Asked;
  readonly insert: InsertShape | null;
}

const PREPARED_MAX = 10_000;
const MESSAGE_BYTES_MAX = 1024 * 1024 * 1024;
const STARTUP: FrameShape = {
  lengthAt: 0,
  extra: 0,
  lengthMin: 8,
  lengthMax: 10_000,
  headBytes: 8,
  treat: () => "whole",
};

/** Types of messages (PostgreSQL manual, "Message Formats"), and those that are read. */
const FRONTEND = { known: "BCDEFHPQSXcdfp", read: "BPQ" };
const BACKEND = { known: "123ACDEGHIKNRSTVWZcdnstv", read: "CEZ" };

export interface SessionOptions {
  readonly instance: string;
  readonly recorder: Recorder;
  readonly gate: Gate;
  readonly attribution: Attribution;
  /** What the session is to be named in Postgres: application_name. */
  readonly stamp: () => string;
  /** Table whose asked-for rows are recorded, and the version that asks; null for none. */
  readonly asks: { readonly table: string; readonly version: () => Version } | null;
  /** Counts frames that were relayed without being understood. */
  readonly onUnknown: (name: string) => void;
}

/**
 * One Postgres session. A COMMIT is `requested` when the subject asks, `applied` when the server's
 * CommandComplete says COMMIT, `acknowledged` when ReadyForQuery went on. An answer ROLLBACK or an
 * error is recorded as refused.
 */
export class PostgresSession implements Conversation {
  private readonly options: SessionOptions;
  private readonly named = new Map<string, Named>();
  private readonly prepared = new Map<string, Prepared>();
  private version: Version = "current";
  private phase: "startup" | "encryption-answer" | "open" = "startup";
  private asked: Asked | null = null;
  private isCommitAsked = false;
  private answeredTag: string | null = null;

  private readonly frontend = messageShape(FRONTEND, (name) => this.options.onUnknown(name));
  private readonly backend = messageShape(BACKEND, (name) => this.options.onUnknown(name));

  constructor(options: SessionOptions) {
    this.options = options;
  }

  readonly toServer: Direction = framed({
    shape: () => (this.phase === "open" ? this.frontend : STARTUP),
    handle: (frame) => this.fromSubject(frame),
    side: "frontend",
    onUnknown: (name) => this.options.onUnknown(name),
  });

  readonly toClient: Direction = framed({
    shape: () => (this.phase === "encryption-answer" ? "one-byte" : this.backend),
    handle: (frame) => this.fromServer(frame),
    side: "backend",
    onUnknown: (name) => this.options.onUnknown(name),
  });

  private fromSubject(frame: Buffer): Fate | Promise<Fate> {
    if (this.phase !== "open") return this.opening(frame);
    const asked = this.readRequest(frame);
    if (asked === null) return { bytes: frame };
    if (asked === "commit") {
      if (this.isCommitAsked) return { bytes: frame };
      this.isCommitAsked = true;
    }
    this.asked = asked;
    return this.pass(frame, this.meet(`postgres.${asked}.requested`, null));
  }

  private opening(packet: Buffer): Fate {
    switch (startupKind(packet)) {
      case "encryption-request":
        this.phase = "encryption-answer";
        return { bytes: packet };
      case "startup":
        this.phase = "open";
        this.version = this.options.asks?.version() ?? "current";
        return { bytes: withApplicationName(packet, this.options.stamp()) };
      case "other":
        return { bytes: packet };
    }
  }

  /** Collects names of in-flight intents; what the message asks for, null when nothing is executed. */
  private readRequest(frame: Buffer): Asked | null {
    switch (typeOf(frame)) {
      case "Q": {
        const sql = queryText(frame);
        this.attribute(sql);
        this.noteAsked(this.insertAskedBy(sql), []);
        return kindOf(sql);
      }
      case "P": {
        const { name, sql } = parseOf(frame);
        this.prepare(name, { asked: kindOf(sql), insert: this.insertAskedBy(sql) });
        return null;
      }
      case "B": {
        const { statement, parameters } = bindOf(frame);
        for (const parameter of parameters) if (parameter !== null) this.attribute(parameter);
        const prepared = this.prepared.get(statement);
        this.noteAsked(prepared?.insert ?? null, parameters);
        return prepared?.asked ?? "statement";
      }
      default:
        return null;
    }
  }

  private insertAskedBy(sql: string): InsertShape | null {
    const { asks } = this.options;
    const insert = asks === null ? null : insertOf(sql);
    return insert?.table === asks?.table ? insert : null;
  }

  private noteAsked(insert: InsertShape | null, parameters: readonly (string | null)[]): void {
    if (insert === null) return;
    const { instance, recorder } = this.options;
    const row = rowOf(insert, parameters);
    const { version } = this;
    recorder.record({ stream: "asked-row", instance, table: insert.table, row, version });
  }

  private prepare(name: string, statement: Prepared): void {
    const [oldest] = this.prepared.keys();
    if (oldest !== undefined && this.prepared.size >= PREPARED_MAX) {
      this.prepared.delete(oldest);
      this.options.onUnknown("postgres: prepared statement forgotten");
    }
    this.prepared.set(name, statement);
  }

  private attribute(text: string): void {
    const found = this.options.attribution.identify(text);
    if (found !== null) this.named.set(found.key, found);
  }

  private fromServer(frame: Buffer): Fate | Promise<Fate> {
    if (this.phase === "encryption-answer") {
      this.phase = "startup";
      // Anything but N starts TLS, which cannot be read; it is relayed and counted as raw.
      if (frame[0] !== 0x4e) this.options.onUnknown("postgres: encrypted session");
      return { bytes: frame };
    }
    if (typeOf(frame) === "C") return this.onComplete(frame);
    if (typeOf(frame) === "E") return this.onRefused(frame, `ERROR ${sqlState(frame)}`);
    if (typeOf(frame) === "Z") return { bytes: frame, forwarded: this.readyAfter(frame) };
    return { bytes: frame };
  }

  private onComplete(frame: Buffer): Fate | Promise<Fate> {
    const tag = commandTag(frame);
    if (this.isCommitOpen() && (tag === "COMMIT" || tag === "ROLLBACK")) {
      if (tag === "ROLLBACK") return this.onRefused(frame, tag);
      this.answeredTag = tag;
      return this.pass(frame, this.meet("postgres.commit.applied", tag));
    }
    if (this.asked === null || this.asked === "commit") return { bytes: frame };
    return this.pass(frame, this.meet(`postgres.${this.asked}.applied`, tag));
  }

  /** A COMMIT was asked for and has not been answered. */
  private isCommitOpen(): boolean {
    return this.isCommitAsked && this.answeredTag === null;
  }

  /** What was asked was not done: nobody meets it as applied or acknowledged. */
  private onRefused(frame: Buffer, tag: string): Fate {
    const asked = this.isCommitOpen() ? "commit" : this.asked;
    if (asked === "commit") this.answeredTag = tag;
    this.asked = null;
    if (asked !== null) {
      const { instance, recorder } = this.options;
      const named = [...this.named.values()];
      noteRefused({ boundary: `postgres.${asked}.applied`, instance, named, tag }, recorder);
    }
    return { bytes: frame };
  }

  private readyAfter(frame: Buffer): () => void {
    const isIdle = readyStatus(frame) === "I";
    return () => {
      if (this.answeredTag === "COMMIT") void this.meet("postgres.commit.acknowledged", "COMMIT");
      else if (this.asked !== null && this.asked !== "commit")
        void this.meet(`postgres.${this.asked}.acknowledged`, null);
      this.asked = null;
      this.isCommitAsked = false;
      this.answeredTag = null;
      if (isIdle) this.named.clear();
    };
  }

  private meet(
    boundary: `postgres.${Asked}.${Moment}`,
    tag: string | null,
  ): Promise<HeldFrameDecision> | null {
    const { instance, gate, recorder } = this.options;
    return meetBoundary(
      // Begin and statements are many: only what met a trigger, or was refused, is worth a line.
      {
        boundary,
        instance,
        named: [...this.named.values()],
        tag,
        isQuiet: !boundary.startsWith("postgres.commit."),
      },
      { gate, recorder },
    );
  }

  private pass(frame: Buffer, held: Promise<HeldFrameDecision> | null): Fate | Promise<Fate> {
    if (held === null) return { bytes: frame };
    return held.then((decision) => (decision === "drop" ? "drop" : { bytes: frame }));
  }
}

function kindOf(sql: string): Asked {
  if (asksToCommit(sql)) return "commit";
  return asksToBegin(sql) ? "begin" : "statement";
}

/** Messages that are read are waited for, the others pass as they come. */
function messageShape(
  types: { readonly known: string; readonly read: string },
  onUnknown: (name: string) => void,
): FrameShape {
  return {
    lengthAt: 1,
    extra: 1,
    lengthMin: 4,
    lengthMax: MESSAGE_BYTES_MAX,
    headBytes: 5,
    treat: (head, size) => {
      const type = typeOf(head);
      if (!types.known.includes(type)) return "no-frame";
      if (!types.read.includes(type)) return "stream";
      if (size <= WHOLE_BYTES_MAX) return "whole";
      onUnknown(`postgres: message ${type} too large`);
      return "stream";
    },
  };
}

function framed(options: {
  readonly shape: () => FrameShape | "one-byte";
  readonly handle: (frame: Buffer) => Fate | Promise<Fate>;
  readonly side: "frontend" | "backend";
  readonly onUnknown: (name: string) => void;
}): Direction {
  const framer = new LengthFramer();
  let toldRaw = false;
  return {
    // One frame at a time: what the next bytes mean may depend on how this frame was handled.
    push(chunk) {
      framer.push(chunk);
      return lazyFrames(framer, options.shape);
    },
    handle(frame) {
      if (framer.isPart()) return { bytes: frame };
      if (framer.isRaw()) {
        if (!toldRaw) options.onUnknown(`postgres: unreadable ${options.side} bytes`);
        toldRaw = true;
        return { bytes: frame };
      }
      try {
        return options.handle(frame);
      } catch {
        // Not understood is not broken: the bytes go on as they came.
        options.onUnknown(`postgres: unreadable ${options.side} message`);
        return { bytes: frame };
      }
    },
  };
}

function* lazyFrames(
  framer: LengthFramer,
  shape: () => FrameShape | "one-byte",
): Generator<Buffer> {
  for (;;) {
    const wanted = shape();
    const frame = wanted === "one-byte" ? framer.take(1) : framer.next(wanted);
    if (frame === null) return;
    yield frame;
  }
}
