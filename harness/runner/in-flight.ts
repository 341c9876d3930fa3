import type { Position } from "../model/history.ts";
import type { Intent } from "../model/intent.ts";
import type { Attribution } from "../ports/tap.ts";

interface Identity {
  readonly key: string;
  readonly eventId: string;
}

/** A key or event id as the workload makes them: prefix, serial, random suffix. */
const NAMES = /\b(?:pay|evt)-\d{6}-[0-9a-f]{8}\b/g;

/** The intents sent so far, found again in the bytes of any conversation. */
export class InFlightIntents implements Attribution {
  /** Several events may share a key, several operations an event id. */
  private readonly byKey = new Map<string, Identity[]>();
  private readonly byEventId = new Map<string, Identity[]>();
  private readonly byPosition = new Map<string, Identity>();

  add(intent: Intent): void {
    if (intent.isCopy) return;
    const identity = { key: intent.key, eventId: intent.eventId };
    this.byKey.set(intent.key, [...(this.byKey.get(intent.key) ?? []), identity]);
    this.byEventId.set(intent.eventId, [...(this.byEventId.get(intent.eventId) ?? []), identity]);
  }

  /** Learns which record carries an intent, from what the tap saw delivered. */
  place(position: Position, key: string): void {
    const identity = this.byKey.get(key)?.at(-1);
    if (identity !== undefined) this.byPosition.set(placeName(position), identity);
  }

  /** By key and event id together where both are named, else by the one that names one event only. */
  identify(text: string): Identity | null {
    const names = this.isKnown(text) ? [text] : [...text.matchAll(NAMES)].map(([name]) => name);
    const events = names.flatMap((name) => this.byEventId.get(name) ?? []);
    const exact = events.find(({ key }) => names.includes(key));
    if (exact !== undefined) return exact;
    if (events.length === 1) return events[0] ?? null;
    return names.flatMap((name) => this.byKey.get(name) ?? []).at(-1) ?? null;
  }

  private isKnown(name: string): boolean {
    return this.byKey.has(name) || this.byEventId.has(name);
  }

  at(topic: string, partition: number, offset: number): Identity | null {
    return this.byPosition.get(placeName({ topic, partition, offset })) ?? null;
  }
}

function placeName(position: Position): string {
  return `${position.topic}/${position.partition}/${position.offset}`;
}
