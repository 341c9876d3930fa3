import type {
  CallEvent,
  DeliveryEvent,
  EventBase,
  IntentEvent,
  LogEvent,
  OffsetCommitEvent,
  Position,
  WireEvent,
} from "../model/history.ts";

type Stamped<T> = T & EventBase;

/**
 * One copy of each text. A journal names a key in two dozen events, and reading it makes a string each
 * time: what is kept of them shares one, which also makes it quick to look up.
 */
export class Texts {
  private readonly known = new Map<string, string>();

  of(text: string): string {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    this.known.set(text, text);
    return text;
  }

  orNull(text: string | null): string | null {
    return text === null ? null : this.of(text);
  }

  intent(event: Stamped<IntentEvent>): Stamped<IntentEvent> {
    const { key, eventId, position } = event;
    return {
      ...event,
      key: this.of(key),
      eventId: this.of(eventId),
      position: position === "unknown" ? position : this.position(position),
    };
  }

  log(event: Stamped<LogEvent>): Stamped<LogEvent> {
    const { key, eventId, position } = event;
    return {
      ...event,
      key: this.orNull(key),
      eventId: this.orNull(eventId),
      position: this.position(position),
    };
  }

  delivery(event: Stamped<DeliveryEvent>): Stamped<DeliveryEvent> {
    return { ...event, key: this.orNull(event.key), position: this.position(event.position) };
  }

  commit(event: Stamped<OffsetCommitEvent>): Stamped<OffsetCommitEvent> {
    return { ...event, topic: this.of(event.topic), group: this.of(event.group) };
  }

  call(event: Stamped<CallEvent>): Stamped<CallEvent> {
    return { ...event, key: this.orNull(event.key), eventId: this.orNull(event.eventId) };
  }

  wire(event: Stamped<WireEvent>): Stamped<WireEvent> {
    return { ...event, keys: event.keys.map((key) => this.of(key)) };
  }

  private position({ topic, partition, offset }: Position): Position {
    return { topic: this.of(topic), partition, offset };
  }
}
