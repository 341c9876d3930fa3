import type { EngineRun } from "./container.ts";
import type { Images } from "./image-names.ts";
import type { RunNetworks } from "./network.ts";

/** What each container of a stack is made with. */
export interface StackParts {
  readonly run: EngineRun;
  readonly images: Images;
  readonly networks: RunNetworks;
  /** Host under which the subject reaches its links. */
  readonly linkHost: string;
  readonly logFolder: string;
}
