import type { EventBase, FaultEvent, WireEvent } from "../model/history.ts";

/** When something was seen, and where in the history. */
export interface Sighting {
  readonly seq: number;
  readonly atMs: number;
}

/** What is kept of a published record that came too early. */
export interface EarlyPublish {
  readonly instance: string;
  readonly seq: number;
}

interface OnWire {
  isCommitRequested: boolean;
  committed: Sighting | null;
}

/**
 * What the wires say, reduced as it goes by to a few words for each business key: half of all events
 * are frames, and no guarantee needs one again after it was seen.
 */
export class WireFacts {
  private readonly byKey = new Map<string, OnWire>();
  private readonly answers = new Map<string, number>();
  private readonly earlyByKey = new Map<string, EarlyPublish>();
  private fired: FaultEvent | null = null;
  private progress: number | null = null;

  see(wire: WireEvent & EventBase): void {
    const { boundary, keys, tag, action, instance } = wire;
    // Not reached: the server answered that it did not.
    if (action === "refused") return;
    if (boundary === "postgres.commit.requested") {
      for (const key of keys) this.of(key).isCommitRequested = true;
    } else if (boundary === "kafka.produce.requested") {
      for (const key of keys) this.published(key, wire);
    } else if (boundary === "postgres.commit.applied") {
      this.progressBy(wire);
      if (tag === "COMMIT") this.committed(wire);
    } else if (boundary === "postgres.commit.acknowledged") {
      if (tag === "COMMIT" && action !== "held") this.answer(instance, -1);
    }
  }

  faultFired(fault: FaultEvent): void {
    this.fired = fault;
    this.progress = null;
  }

  /** The first COMMIT of a key that Postgres is known to have done. */
  firstCommitOf(key: string): Sighting | null {
    return this.byKey.get(key)?.committed ?? null;
  }

  /** Keys whose record was sent before any COMMIT for it was, with the last to do so. */
  get early(): ReadonlyMap<string, EarlyPublish> {
    return this.earlyByKey;
  }

  /** COMMITs the server did whose answer never went on: the subject cannot know of them. */
  commitsWithoutAnswer(instance: string): number {
    return Math.max(0, this.answers.get(instance) ?? 0);
  }

  /** When somebody else first got on with the work after the last fault that fired. */
  get progressAtMs(): number | null {
    return this.progress;
  }

  private of(key: string): OnWire {
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const fresh: OnWire = { isCommitRequested: false, committed: null };
    this.byKey.set(key, fresh);
    return fresh;
  }

  private published(key: string, { instance, seq }: WireEvent & EventBase): void {
    if (this.byKey.get(key)?.isCommitRequested !== true)
      this.earlyByKey.set(key, { instance, seq });
  }

  private progressBy({ instance, keys, atMs }: WireEvent & EventBase): void {
    if (this.fired === null || this.progress !== null || keys.length === 0) return;
    if (instance !== this.fired.instance) this.progress = atMs;
  }

  private committed({ action, instance, keys, seq, atMs }: WireEvent & EventBase): void {
    if (action !== "held") this.answer(instance, 1);
    for (const key of keys) this.of(key).committed ??= { seq, atMs };
  }

  private answer(instance: string, by: number): void {
    this.answers.set(instance, (this.answers.get(instance) ?? 0) + by);
  }
}
