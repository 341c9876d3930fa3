import { defineScenario } from "../harness/index.ts";
import { everyGuarantee } from "./guarantees.ts";

export default defineScenario({
  id: "baseline",
  title: "No fault: every payment takes effect once",
  story: "The control. Two instances share the payments; nothing is broken on purpose.",
  hypothesis:
    "Given two healthy instances, when payments arrive, then each is posted, captured and published once.",
  tags: ["control"],
  instances: 2,
  api: "idempotent-replay",
  workload: { events: 60, accounts: 5 },
  faults: [],
  guarantees: everyGuarantee,
  exercise: { eventsMin: 50, redelivery: "none" },
  limits: { recoveryMsMax: 10_000 },
  drainTimeoutMs: 20_000,
});
