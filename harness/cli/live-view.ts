import type { HistoryEvent, Phase } from "../model/history.ts";
import { sanitize } from "../report/sanitize.ts";

const REDRAW_MS = 100;

/** What the status line counts, over the scenario in progress. */
export interface Tally {
  readonly scenario: string;
  readonly phase: Phase | null;
  readonly events: number;
  readonly produced: number;
  readonly deliveries: number;
  readonly redelivered: number;
  /** Business keys whose transaction Postgres has committed. */
  readonly processed: ReadonlySet<string>;
  /** The last fault that fired and is not yet verified as healed. */
  readonly fault: string | null;
}

export const emptyTally: Tally = {
  scenario: "",
  phase: null,
  events: 0,
  produced: 0,
  deliveries: 0,
  redelivered: 0,
  processed: new Set(),
  fault: null,
};

/** The tally after one more event. */
export function tallied(tally: Tally, event: HistoryEvent): Tally {
  switch (event.stream) {
    case "header":
      return { ...emptyTally, processed: new Set(), scenario: event.id, events: event.events };
    case "phase":
      return { ...tally, phase: event.phase };
    case "intent":
      return { ...tally, produced: tally.produced + 1 };
    case "delivery":
      return {
        ...tally,
        deliveries: tally.deliveries + 1,
        redelivered: tally.redelivered + (event.attempt > 1 ? 1 : 0),
      };
    case "wire":
      if (event.boundary !== "postgres.commit.applied" || event.tag !== "COMMIT") return tally;
      return { ...tally, processed: new Set([...tally.processed, ...event.keys]) };
    case "fault":
      if (event.moment === "fired") return { ...tally, fault: event.faultId };
      return event.moment === "heal-verified" ? { ...tally, fault: null } : tally;
    case "log":
    case "offset":
    case "effect":
    case "asked-row":
    case "call":
    case "process":
    case "membership":
    case "assumption":
    case "metric":
    case "unread":
    case "note":
      return tally;
  }
}

/** One line, cut to `width` columns: all of one scenario, or in short those that run side by side. */
export function statusLine(tallies: readonly Tally[], elapsedMs: number, width: number): string {
  const seconds = `${(elapsedMs / 1000).toFixed(1)} s`;
  const [only] = tallies;
  const parts =
    only === undefined ? ["starting servers"] : tallies.length > 1 ? tallies.map(brief) : all(only);
  return sanitize([seconds, ...parts].join(" | ")).slice(0, Math.max(0, width - 1));
}

function all(tally: Tally): readonly string[] {
  return [
    `${tally.scenario}: ${tally.phase ?? "starting"}`,
    `produced ${tally.produced}/${tally.events}`,
    `processed ${tally.processed.size}`,
    `redelivered ${tally.redelivered}`,
    ...(tally.fault === null ? [] : [`fault ${tally.fault}`]),
  ];
}

function brief({ scenario, phase, fault, processed, events }: Tally): string {
  return `${scenario}: ${fault ?? phase ?? "starting"} ${processed.size}/${events}`;
}

/** True where a line may be redrawn: a real terminal outside CI. */
export function isLive(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && env["CI"] === undefined && env["TERM"] !== "dumb";
}

/** Keeps a status line below the progress lines of a terminal. */
export class LiveView implements Disposable {
  private readonly stream: NodeJS.WriteStream;
  private readonly elapsedMs: () => number;
  private readonly timer: NodeJS.Timeout;
  /** By scenario, those in progress. */
  private readonly tallies = new Map<string, Tally>();

  constructor(stream: NodeJS.WriteStream, elapsedMs: () => number) {
    this.stream = stream;
    this.elapsedMs = elapsedMs;
    this.timer = setInterval(() => this.draw(), REDRAW_MS);
    this.timer.unref();
  }

  note(event: HistoryEvent): void {
    const { scenario } = event;
    if (event.stream === "phase" && event.phase === "end") this.tallies.delete(scenario);
    else this.tallies.set(scenario, tallied(this.tallies.get(scenario) ?? emptyTally, event));
  }

  print(line: string): void {
    this.stream.write(`\r\u001b[2K${line}\n`);
    this.draw();
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
    this.stream.write("\r\u001b[2K");
  }

  private draw(): void {
    const line = statusLine([...this.tallies.values()], this.elapsedMs(), this.stream.columns);
    this.stream.write(`\r\u001b[2K${line}`);
  }
}
