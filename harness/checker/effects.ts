import type { CallEvent, EffectEvent, EventBase, LogEvent, Position } from "../model/history.ts";
import type { EffectDeclaration } from "../model/run-header.ts";
import type { EventOf } from "./expected.ts";
import type { Texts } from "./texts.ts";

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
export type EffectsOfEvent = readonly (readonly Effect[] | undefined)[];

export interface GroupedEffects {
  /** By the slot of the event. */
  readonly effects: readonly (EffectsOfEvent | undefined)[];
  /** Effects that name no event that was sent. */
  readonly strangers: readonly Effect[];
}

/** Collects effects as they go by; which event each belongs to is known at the end. */
export class EffectIntake {
  private readonly declarations: readonly EffectDeclaration[];
  private readonly found: readonly Effect[][];
  private readonly texts: Texts;

  constructor(declarations: readonly EffectDeclaration[], texts: Texts) {
    this.declarations = declarations;
    this.texts = texts;
    this.found = declarations.map(() => []);
  }

  change(change: EffectEvent & EventBase): void {
    if (change.op !== "insert") return;
    for (const [index, declaration] of this.declarations.entries()) {
      if (declaration.kind === "row" && change.table === declaration.table)
        this.found[index]?.push(new RowEffect(declaration, change, this.texts));
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
  groupedBy(eventOf: EventOf, slots: number): GroupedEffects {
    const effects = Array.from(
      { length: slots },
      (): (Effect[] | undefined)[] | undefined => undefined,
    );
    const strangers: Effect[] = [];
    for (const [index, found] of this.found.entries()) {
      for (const effect of found) {
        const event = eventOf(effect.key, effect.eventId);
        if (event === null) strangers.push(effect);
        else add((effects[event.slot] ??= []), index, effect);
      }
    }
    return { effects, strangers };
  }
}

/** Most lists hold one effect: a list of that length takes a tenth of one that was pushed to. */
function add(lists: (Effect[] | undefined)[], index: number, effect: Effect): void {
  const known = lists[index];
  if (known === undefined) lists[index] = [effect];
  else known.push(effect);
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

  constructor(declaration: Declared<"row">, change: EffectEvent & EventBase, texts: Texts) {
    const { after } = change;
    this.declaration = declaration;
    this.key = texts.orNull(textOf(after?.[declaration.key]));
    this.eventId = texts.orNull(textOf(after?.[declaration.eventId]));
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
