import type { ApiMode } from "../model/scenario.ts";

export interface Capture {
  readonly id: string;
  readonly idempotencyKey: string | null;
}

interface StoredAnswer {
  readonly status: number;
  readonly payloadHash: string;
  readonly capture: Capture | null;
}

/** What a known idempotency key means for a new request. */
export type KeyCheck =
  | { readonly kind: "new" }
  | { readonly kind: "replay"; readonly answer: StoredAnswer }
  | { readonly kind: "refused"; readonly status: 409 | 422; readonly reason: string };

/** The provider's own books: what it captured, and which idempotency keys it remembers. */
export class CaptureLedger {
  private readonly mode: ApiMode;
  private readonly captures: Capture[] = [];
  private readonly answers = new Map<string, StoredAnswer>();
  private readonly inFlight = new Set<string>();
  private readonly lookedUp = new Set<string>();
  private nextId = 1;

  constructor(mode: ApiMode) {
    this.mode = mode;
  }

  check(key: string | null, payloadHash: string): KeyCheck {
    if (key === null || this.mode === "no-idempotency") return { kind: "new" };
    if (this.mode === "conflict-in-flight" && this.inFlight.has(key)) {
      return { kind: "refused", status: 409, reason: "a request with this key is in flight" };
    }
    const answer = this.answers.get(key);
    if (answer === undefined) return { kind: "new" };
    if (this.mode === "mismatch-422" && answer.payloadHash !== payloadHash) {
      return { kind: "refused", status: 422, reason: "this key was used with another payload" };
    }
    return { kind: "replay", answer };
  }

  begin(key: string | null): void {
    if (key !== null) this.inFlight.add(key);
  }

  /** The request is over, answered or not. */
  end(key: string | null): void {
    if (key === null) return;
    this.inFlight.delete(key);
    if (this.mode === "key-expiry") this.answers.delete(key);
  }

  apply(key: string | null, payloadHash: string): Capture {
    const capture = { id: `cap_${this.nextId++}`, idempotencyKey: key };
    this.captures.push(capture);
    this.store(key, { status: 201, payloadHash, capture });
    return capture;
  }

  /** Remembers an error as the answer to this key, where the provider does so. */
  storeError(key: string | null, status: number, payloadHash: string): void {
    if (this.mode !== "replay-2xx-only") this.store(key, { status, payloadHash, capture: null });
  }

  /** Captures made under a key; the first look comes too early where lookups lag. */
  lookup(key: string): readonly Capture[] {
    const isFirst = !this.lookedUp.has(key);
    this.lookedUp.add(key);
    if (this.mode === "lagging-lookup" && isFirst) return [];
    return this.captures.filter((capture) => capture.idempotencyKey === key);
  }

  private store(key: string | null, answer: StoredAnswer): void {
    if (key !== null && !this.answers.has(key)) this.answers.set(key, answer);
  }
}
