import type { Position } from "../model/history.ts";
import type { Intent } from "../model/intent.ts";
import type { Attribution } from "../ports/tap.ts";

interface Identity {
  readonly key: string;
  readonly eventId: string;
}

/** A key or event id as the workload makes them: prefix, serial, random suffix. */
const NAMES = /\b(?:pay|evt)-\d{6}-[0-9a-f]{8}\b/;

/** The intents sent so far, found again in the bytes of any conversation. */
export class InFlightIntents implements Attribution {
  private readonly byName = new Map<string, Identity>();
  private readonly byPosition = new Map<string, Identity>();

  add(intent: Intent): void {
    const identity = { key: intent.key, eventId: intent.eventId };
    this.byName.set(intent.key, identity);
    this.byName.set(intent.eventId, identity);
  }

  /** Learns which record carries an intent, from what the tap saw delivered. */
  place(position: Position, key: string): void {
    const identity = this.byName.get(key);
    if (identity !== undefined) this.byPosition.set(placeName(position), identity);
  }

  identify(text: string): Identity | null {
    const exact = this.byName.get(text);
    if (exact !== undefined) return exact;
    const named = NAMES.exec(text);
    return named === null ? null : (this.byName.get(named[0]) ?? null);
  }

  at(topic: string, partition: number, offset: number): Identity | null {
    return this.byPosition.get(placeName({ topic, partition, offset })) ?? null;
  }
}

function placeName(position: Position): string {
  return `${position.topic}/${position.partition}/${position.offset}`;
}
