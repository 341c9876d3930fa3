import { defineScenario } from "../harness/index.ts";
import { common, noRedelivery } from "./common.ts";

export default defineScenario({
  ...common,
  id: "baseline",
  title: "No fault: every payment takes effect once",
  story: "The control. Two instances share the payments; nothing is broken on purpose.",
  hypothesis:
    "Given two healthy instances, when payments arrive, then each is posted, captured and published once.",
  runbook: "docs/runbooks.md#no-fault",
  tags: ["control"],

  faults: [],
  exercise: noRedelivery,
});
