import type { RunHeader } from "../model/run-header.ts";
import type { Intent } from "../model/intent.ts";
import type { Standing } from "../model/standing.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Recorder } from "../ports/basics.ts";
import type { ScenarioDatabase } from "../ports/database.ts";
import type { StartedStack } from "../ports/stack.ts";
import type { InFlightIntents } from "./in-flight.ts";
import type { ScenarioJournal } from "./scenario-journal.ts";
import type { Versions } from "./versions.ts";
import type { RunEnvironment, RunRequest } from "./run-request.ts";

/** Everything the phases of one scenario share. */
export interface ScenarioContext {
  readonly request: RunRequest;
  readonly environment: RunEnvironment;
  readonly stack: StartedStack;
  readonly scenario: Scenario;
  readonly header: RunHeader;
  readonly instances: readonly string[];
  /** Topic name in the config → topic name of this scenario. */
  readonly topics: Readonly<Record<string, string>>;
  /** Topics the subject consumes, each with the group that does: the input first. */
  readonly consumed: readonly { readonly topic: string; readonly group: string }[];
  readonly intents: readonly Intent[];
  readonly inFlight: InFlightIntents;
  readonly database: ScenarioDatabase;
  /** What this scenario has recorded so far. */
  readonly journal: ScenarioJournal;
  readonly recorder: Recorder;
  readonly versions: Versions;
  /** Holds what is up for people to look at; returns at once where nobody wants to. */
  readonly hold: (standing: () => Standing) => Promise<void>;
  /** What an earlier scenario left unhealed on this stack; null when nothing. */
  readonly suspect: string | null;
}
