import type { FrameMet } from "../model/history.ts";
import type { HeldFrameFate } from "../model/run-header.ts";
import type { HostPort } from "./basics.ts";

/** What the gate tells a tap to do with a frame it holds; a TCP tap only drops or releases. */
export type HeldFrameDecision = HeldFrameFate;

/** An in-flight intent that a conversation's own bytes name. */
export interface Named {
  readonly key: string;
  readonly eventId: string;
}

/** One frame at a boundary, with every in-flight intent it is about: none, one, or as many as it covers. */
export interface FrameAtBoundary extends Pick<FrameMet, "boundary" | "instance"> {
  readonly named: readonly Named[];
  /** Command tag of the answer, where it has one. */
  readonly tag?: string | null;
}

/**
 * Asked at each boundary, once per frame, before the frame moves on. `null`: nobody waits for this frame, pass it at
 * once. A promise: hold the frame (and everything behind it in that direction) until it settles.
 * Must not throw; a rejected promise releases nothing: the tap drops the frame and the connection.
 */
export interface Gate {
  meet(frame: FrameAtBoundary): Promise<HeldFrameDecision> | null;
}

/** Finds the in-flight intents named in a conversation's own bytes. */
export interface Attribution {
  /** Business keys and event ids known so far; grows as intents are sent. */
  identify(text: string): Named | null;
}

/** A TCP relay that understands one protocol, for one instance. */
export interface Tap extends AsyncDisposable {
  /** Where the proxy in front connects to. */
  readonly listen: HostPort;
  /** Client connections accepted since start (proof that traffic went this way). */
  connectionCount(): number;
  /** Answers released to the subject since start: proof that the link carries bytes both ways. */
  answeredFrames(): number;
  /** Frames, or parts of them, that could not be read, by name, for the report. */
  unknownFrames(): Readonly<Record<string, number>>;
  /** Frames relayed unread by design, by name: they tell nothing that is evidence. */
  relayedFrames(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}
