import type { GuaranteeId } from "../../model/guarantee.ts";
import type { Protocol } from "../protocol.ts";
import type { WorldId } from "../worlds.ts";

/** A known defect of the protocol: one program or one policy replaced. */
export interface ProtocolVariant {
  readonly id: string;
  /** The small world in which it shows. */
  readonly world: WorldId;
  /** What schedules must break, all of it, and nothing else: the exploration leaves nothing to chance. */
  readonly breaks: readonly GuaranteeId[];
  /** Only the second instance runs it: the next version of a deployment that is under way. */
  readonly isNextVersion?: boolean;
  readonly change: Partial<Protocol>;
}
