import { HarnessError } from "../model/errors.ts";
import { repeated } from "../model/repeats.ts";
import type { Shard } from "../model/result.ts";
import type { Scenario } from "../model/scenario.ts";
import { selectScenarios } from "./load.ts";
import { suggest } from "./suggest.ts";

/** Which scenarios of the catalogue a command is about, and how often each. */
export interface Selection {
  readonly filter?: readonly string[] | undefined;
  /** Regular expression over id, title and tags. */
  readonly grep?: string | undefined;
  readonly tag?: readonly string[] | undefined;
  /** Ids that did not pass last time; only these. */
  readonly lastFailed?: ReadonlySet<string> | undefined;
  readonly shard?: Shard | undefined;
  readonly repeatEach?: number | undefined;
}

/** The scenarios of a selection, in the catalogue's order. HarnessError("usage") when there are none. */
export function selected(
  catalogue: readonly Scenario[],
  selection: Selection,
): readonly Scenario[] {
  const { grep, tag, lastFailed, shard, repeatEach = 1 } = selection;
  const byName = selectScenarios(catalogue, selection.filter ?? []);
  const byGrep = grep === undefined ? byName : grepped(byName, grep);
  checkTags(catalogue, tag ?? []);
  const byTag =
    tag === undefined
      ? byGrep
      : byGrep.filter(({ tags }) => tags.some((each) => tag.includes(each)));
  const failed = lastFailed === undefined ? byTag : byTag.filter(({ id }) => lastFailed.has(id));
  if (failed.length === 0) {
    throw new HarnessError(
      "usage",
      "No scenario is left by the filters, -g, --tag and --last-failed together.",
    );
  }
  return repeated(shard === undefined ? failed : sharded(failed, shard), repeatEach);
}

function grepped(scenarios: readonly Scenario[], grep: string): readonly Scenario[] {
  let pattern: RegExp;
  try {
    pattern = new RegExp(grep, "i");
  } catch {
    throw new HarnessError("usage", `-g ${grep} is no regular expression.`);
  }
  const found = scenarios.filter(({ id, title, tags }) =>
    pattern.test([id, title, ...tags].join(" ")),
  );
  if (found.length > 0) return found;
  const ids = scenarios.map(({ id }) => id);
  throw new HarnessError("usage", `-g ${grep} matches no scenario. ${suggest(grep, ids)}`);
}

function checkTags(catalogue: readonly Scenario[], wanted: readonly string[]): void {
  const known = [...new Set(catalogue.flatMap(({ tags }) => tags))];
  for (const tag of wanted) {
    if (!known.includes(tag)) {
      throw new HarnessError("usage", `Unknown tag "${tag}". ${suggest(tag, known)}`);
    }
  }
}

/** Every `total`-th scenario from `index` on, so that each shard gets some of every kind. */
function sharded(scenarios: readonly Scenario[], { index, total }: Shard): readonly Scenario[] {
  if (total > scenarios.length) {
    throw new HarnessError(
      "usage",
      `--shard ${index}/${total}: there are only ${scenarios.length} scenarios, and a shard without any would prove nothing. Use at most ${scenarios.length} shards.`,
    );
  }
  return scenarios.filter((_, place) => place % total === index - 1);
}

/** "2/5" → the second of five. HarnessError("usage") for anything else. */
export function shardOf(text: string): Shard {
  const [, index, total] = /^(\d+)\/(\d+)$/.exec(text.trim()) ?? [];
  const shard = { index: Number(index), total: Number(total) };
  if (shard.index >= 1 && shard.index <= shard.total) return shard;
  throw new HarnessError(
    "usage",
    `--shard must be i/n with i from 1 to n, e.g. 2/5, not "${text}".`,
  );
}
