import { checked, type Checker } from "./check.ts";
import { zombiesOf } from "./zombies.ts";

/** What an instance does for a partition that has another owner by then changes no outcome. */
export const noZombieEffects: Checker = {
  id: "no-zombie-effects",
  check: (evidence) =>
    checked(
      zombiesOf(evidence).flatMap(({ instance, act, key, outcome, because }) =>
        outcome === "harmful" && act !== "offset commit"
          ? [
              {
                key,
                seqs: because,
                message: `no-zombie-effects: the ${act} of ${instance} for ${key} came after its partition had another owner, and changed what was done.`,
              },
            ]
          : [],
      ),
    ),
};
