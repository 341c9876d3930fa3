import type { FrameMet, Version } from "../model/history.ts";
import type { BrokerRole, FaultKind, FaultSpec, LinkKind, Until } from "../model/scenario.ts";
import type { ProxyHandle } from "./links.ts";
import type { SubjectProcess } from "./subject.ts";

/** What a fault may touch: the victim, its links and the servers of this stack. Nothing else. */
export interface FaultField {
  /** The instance that met the trigger. */
  readonly victim: string;
  readonly frame: FrameMet;
  readonly instances: readonly string[];
  /** The victim's process; the exit that follows is expected. */
  expectExit(instance: string, signal: "SIGKILL" | "SIGTERM"): SubjectProcess;
  /** A running process, about to get a signal it survives. */
  signalled(instance: string, signal: "SIGSTOP" | "SIGCONT"): SubjectProcess;
  isRunning(instance: string): boolean;
  /** Starts an instance and waits until it is ready. */
  start(instance: string): Promise<void>;
  /** The version later starts of these instances get. */
  deploy(version: Version, instances: readonly string[]): void;
  /** The proxies of an instance's link: one, or for Kafka one for each broker. */
  proxies(instance: string, link: LinkKind): readonly ProxyHandle[];
  /** The proxies of every instance's link to one broker. */
  proxiesTo(node: number): readonly ProxyHandle[];
  /** Node id of the broker a fault is about: leader of the frame's partition, or the group's coordinator. */
  brokerAt(which: BrokerRole): Promise<number>;
  /** Waits until the frame's partition has this many replicas in sync; says how many. Rejects at a deadline. */
  inSync(wanted: { readonly atLeast?: number; readonly atMost?: number }): Promise<string>;
  /** Ends the dead member's session: by LeaveGroup, or by leaving it to the broker. */
  evict(instance: string): Promise<void>;
  /** Waits for a condition of the scenario, counted from the moment the fault fired; says what came. */
  until(condition: Until): Promise<string>;
  /** The same, but rejects at the deadline: for a fault that proves nothing without it. */
  seen(condition: Until): Promise<string>;
  /** Waits until these instances answer their health path; says so. Rejects at a deadline. */
  healthy(instances: readonly string[]): Promise<string>;
  /** Asks the database who holds a table: says that nobody else does, or rejects. */
  unlocked(table: string): Promise<string>;
  /** Waits for evidence that an instance speaks on a link again, from now on. Rejects at a deadline. */
  traffic(instance: string, link: LinkKind): Promise<string>;
  readonly servers: ServerControl;
  /** Sets the group back to the first record of the input; it must be empty. Says what was changed. */
  resetOffsets(): Promise<string>;
  /** Locks a table as somebody else: reads pass, writes wait. Dispose ends it. */
  lockTable(table: string): Promise<AsyncDisposable>;
  /** Sets an instance's wall clock this far off the machine's; 0 sets it right. */
  stepClock(instance: string, stepMs: number): void;
  /**
   * Asks the instance itself, by the Date header of its health path, until its clock is about this
   * far off; says how far, in milliseconds. Rejects at a deadline.
   */
  clockOffset(instance: string, wantedMs: number): Promise<number>;
  /** Ends the instance's database sessions; the number that were ended. */
  terminateBackends(instance: string): Promise<number>;
}

/** Faults on servers, with stable addresses. */
export interface ServerControl {
  /** Stops Postgres (fast: SIGINT, immediate: SIGQUIT) and waits until it is gone. */
  stopPostgres(mode: "fast" | "immediate"): Promise<string>;
  /** Starts Postgres again on the same data; resolves when it answers. */
  startPostgres(): Promise<string>;
  /** Stops a broker (kill: SIGKILL, stop: SIGTERM) and waits until it is gone. */
  stopBroker(node: number, mode: "kill" | "stop"): Promise<string>;
  /** Starts a broker on the same data and ports; resolves when the group coordinator answers. */
  startBroker(node: number): Promise<string>;
  pauseBroker(node: number): Promise<string>;
  resumeBroker(node: number): Promise<string>;
  /** The proxy through which the other brokers reach this one; null with a single broker. */
  brokerProxy(node: number): ProxyHandle | null;
}

/** A fault ready to be carried out. `heal` is called once, also when `carryOut` has failed half-way. */
export interface Injection {
  /** Does it and waits for the proof that it bites: "process group 123 of consumer-1 is gone (SIGKILL)". */
  carryOut(): Promise<string>;
  /** Ends the fault; says how. */
  heal(): Promise<string>;
  /** Proves that the fault is over; says by what. */
  verify(): Promise<string>;
}

export type SpecOf<K extends FaultKind> = Extract<FaultSpec, { readonly fault: K }>;

/** One fault. `carryOut` rejects with HarnessError when it could not be done or confirmed. */
export interface Fault<K extends FaultKind> {
  readonly name: K;
  /** Why this platform or stack cannot do it; null when it can. */
  unavailable(spec: SpecOf<K>, stack: StackAbilities): string | null;
  inject(spec: SpecOf<K>, field: FaultField): Injection;
}

/** What a stack lets faults do. */
export interface StackAbilities {
  readonly name: string;
  readonly brokers: number;
  /** Why no subject's wall clock can be stepped here; null when it can. */
  readonly noClockStep: string | null;
  /** Why nothing can be paused here; null when it can. */
  readonly noPause: string | null;
}
