import { defineScenario } from "../harness/index.ts";
import { common } from "./common.ts";

export default defineScenario({
  ...common,
  id: "reread-from-start",
  title: "The group is set back to the beginning, and everything is delivered again",
  story:
    "Somebody resets the offsets of the group (or they expire). Forty payments that were handled are delivered again.",
  hypothesis:
    "Given offsets at the beginning, when every payment comes again, then nothing is posted, charged or published twice.",
  runbook: "docs/runbooks.md#the-offsets-are-reset",
  tags: ["consumer", "replay", "retention"],
  faults: [
    {
      id: "reset-offsets",
      fault: "reset-offsets",
      at: { boundary: "kafka.offset-commit.acknowledged", match: { intent: 40 } },
      heldFrame: "release",
    },
  ],
  exercise: { eventsMin: 50, redelivery: "earlier-records" },
});
