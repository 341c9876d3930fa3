import type { FaultSpec, FaultKind } from "../model/scenario.ts";
import type { Fault, FaultField, Injection, StackAbilities } from "../ports/fault.ts";
import { bandwidth } from "./bandwidth.ts";
import { blackhole } from "./blackhole.ts";
import { clockStep } from "./clock-step.ts";
import { cut } from "./cut.ts";
import { delay } from "./delay.ts";
import { hold } from "./hold.ts";
import { intercept } from "./intercept.ts";
import { kill } from "./kill.ts";
import { lockTable } from "./lock-table.ts";
import { resetOffsets } from "./reset-offsets.ts";
import { partitionBrokers } from "./partition-brokers.ts";
import { pauseBroker } from "./pause-broker.ts";
import { pause } from "./pause.ts";
import { redeploy } from "./redeploy.ts";
import { restartBroker } from "./restart-broker.ts";
import { restartPostgres } from "./restart-postgres.ts";
import { terminateBackend } from "./terminate-backend.ts";
import { terminate } from "./terminate.ts";

const faults: { readonly [K in FaultKind]: Fault<K> } = {
  kill,
  terminate,
  pause,
  intercept,
  cut,
  blackhole,
  delay,
  bandwidth,
  "restart-postgres": restartPostgres,
  "terminate-backend": terminateBackend,
  "restart-broker": restartBroker,
  "pause-broker": pauseBroker,
  "partition-brokers": partitionBrokers,
  redeploy,
  hold,
  "lock-table": lockTable,
  "reset-offsets": resetOffsets,
  "clock-step": clockStep,
};

// The table above pairs each kind with its own spec, which a lookup by a union cannot express.
const faultOf = (kind: FaultKind): Fault<FaultKind> => faults[kind] as Fault<FaultKind>;

/** Why a stack cannot carry this fault out; null when it can. */
export function unavailable(spec: FaultSpec, stack: StackAbilities): string | null {
  return faultOf(spec.fault).unavailable(spec, stack);
}

/** Carries a fault out at the frame that met it. */
export function inject(spec: FaultSpec, field: FaultField): Injection {
  return faultOf(spec.fault).inject(spec, field);
}
