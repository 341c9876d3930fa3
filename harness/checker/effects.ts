import type { CallEvent, EffectEvent, EventBase, LogEvent, Position } from "../model/history.ts";
import type { EffectDeclaration } from "../model/run-header.ts";
import type { EventOf } from "./expected.ts";

/** One place where an effect shows, for one event. */
export interface Effect {
  readonly declaration: EffectDeclaration;
  readonly key: string | null;
  readonly eventId: string | null;
  /** In words: "ledger_entries row by consumer-1 in transaction 751". */
  readonly text: string;
  /** Who made it; null where the evidence cannot tell. */
  readonly instance: string | null;
  readonly seq: number;
}

/** Effects of one event, one list for each declaration, in the order of the declarations. */
export type EffectsOfEvent = readonly (readonly Effect[])[];

export interface GroupedEffects {
  /** By the identity of the event. */
  readonly effects: ReadonlyMap<string, EffectsOfEvent>;
  /** Effects that name no event that was sent. */
  readonly strangers: readonly Effect[];
}

/** Collects effects as they go by; which event each belongs to is known at the end. */
export class EffectIntake {
  private readonly declarations: readonly EffectDeclaration[];
  private readonly found: readonly Effect[][];

  constructor(declarations: readonly EffectDeclaration[]) {
    this.declarations = declarations;
    this.found = declarations.map(() => []);
  }

  change(change: EffectEvent & EventBase): void {
    if (change.op !== "insert") return;
    for (const [index, declaration] of this.declarations.entries()) {
      if (declaration.kind === "row" && change.table === declaration.table)
        this.found[index]?.push(new RowEffect(declaration, change));
    }
  }

  call(call: CallEvent & EventBase): void {
    if (call.moment !== "applied" || call.replayed) return;
    for (const [index, declaration] of this.declarations.entries()) {
      if (declaration.kind === "call" && call.api === declaration.api)
        this.found[index]?.push(new CallEffect(declaration, call));
    }
  }

  published(log: LogEvent & EventBase): void {
    for (const [index, declaration] of this.declarations.entries()) {
      if (declaration.kind === "record" && log.position.topic === declaration.topic)
        this.found[index]?.push(new RecordEffect(declaration, log));
    }
  }

  /** Gives each effect to its event, declaration by declaration, in linear time. */
  groupedBy(eventOf: EventOf): GroupedEffects {
    const effects = new Map<string, Effect[][]>();
    const strangers: Effect[] = [];
    for (const [index, found] of this.found.entries()) {
      for (const effect of found) {
        const event = eventOf(effect.key, effect.eventId);
        if (event === null) strangers.push(effect);
        else ofEvent(effects, event.id, this.declarations.length)[index]?.push(effect);
      }
    }
    return { effects, strangers };
  }
}

function ofEvent(effects: Map<string, Effect[][]>, id: string, count: number): Effect[][] {
  const known = effects.get(id);
  if (known !== undefined) return known;
  const lists = Array.from({ length: count }, (): Effect[] => []);
  effects.set(id, lists);
  return lists;
}

type Declared<K extends EffectDeclaration["kind"]> = Extract<EffectDeclaration, { kind: K }>;

// Classes, so that a million effects cost a few words each: the sentence is made when it is asked for.

class RowEffect implements Effect {
  readonly declaration: Declared<"row">;
  readonly key: string | null;
  readonly eventId: string | null;
  readonly instance: string | null;
  readonly seq: number;
  private readonly xid: string;

  constructor(declaration: Declared<"row">, change: EffectEvent & EventBase) {
    const { after } = change;
    this.declaration = declaration;
    this.key = textOf(after?.[declaration.key]);
    this.eventId = textOf(after?.[declaration.eventId]);
    this.instance = change.instance;
    this.seq = change.seq;
    this.xid = change.xid;
  }

  get text(): string {
    return `${this.declaration.table} row by ${this.instance ?? "nobody on a link"} in transaction ${this.xid}`;
  }
}

class CallEffect implements Effect {
  readonly declaration: Declared<"call">;
  private readonly call: CallEvent & EventBase;

  constructor(declaration: Declared<"call">, call: CallEvent & EventBase) {
    this.declaration = declaration;
    this.call = call;
  }

  get key(): string | null {
    return this.call.key;
  }

  get eventId(): string | null {
    return this.call.eventId;
  }

  get instance(): string {
    return this.call.instance;
  }

  get seq(): number {
    return this.call.seq;
  }

  get text(): string {
    const { callId, instance, idempotencyKey } = this.call;
    return `${callId} to ${this.declaration.api} by ${instance} with idempotency key ${idempotencyKey ?? "none"}`;
  }
}

class RecordEffect implements Effect {
  readonly declaration: Declared<"record">;
  readonly instance = null;
  private readonly log: LogEvent & EventBase;

  constructor(declaration: Declared<"record">, log: LogEvent & EventBase) {
    this.declaration = declaration;
    this.log = log;
  }

  get key(): string | null {
    return this.log.key;
  }

  get eventId(): string | null {
    return this.log.eventId;
  }

  get seq(): number {
    return this.log.seq;
  }

  get text(): string {
    return `record ${placeText(this.log.position)}`;
  }
}

/** "topic[partition]@offset". */
export function placeText({ topic, partition, offset }: Position): string {
  return `${topic}[${partition}]@${offset}`;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
