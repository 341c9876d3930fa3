import type { Finding } from "../model/guarantee.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { ScenarioResult } from "../model/result.ts";
import type { Checker } from "./check.ts";
import type { Evidence } from "./evidence.ts";
import { checkers } from "./guarantees.ts";
import { Intake } from "./intake.ts";
import { FINDINGS_MAX, judgeScenario } from "./judge-scenario.ts";
import { Story } from "./story.ts";

/** Judges every scenario run of a history, in the order of their headers. */
export function judgeRun(
  events: readonly HistoryEvent[],
  by: readonly Checker[] = checkers,
): readonly ScenarioResult[] {
  const judge = new RunJudge(by);
  for (const event of events) judge.see(event);
  const judged = judge.conclude();
  if (judged.wantsStories) for (const event of events) judged.tell(event);
  return judged.results();
}

/** Judges a history that goes by once. The stories of what it finds need it to go by again. */
export class RunJudge {
  private readonly intakes = new Map<string, Intake>();
  private readonly by: readonly Checker[];

  constructor(by: readonly Checker[] = checkers) {
    this.by = by;
  }

  see(event: HistoryEvent): void {
    const known = this.intakes.get(event.scenario);
    const intake = known ?? new Intake();
    if (known === undefined) this.intakes.set(event.scenario, intake);
    intake.see(event);
  }

  conclude(): JudgedRun {
    return new JudgedRun(
      [...this.intakes].flatMap(([scenario, intake]) => {
        const evidence = intake.evidence();
        if (evidence === null) return [];
        const result = judgeScenario(evidence, this.by);
        return [{ scenario, result, stories: storiesFor(evidence, result) }];
      }),
    );
  }
}

interface Judged {
  readonly scenario: string;
  readonly result: ScenarioResult;
  readonly stories: ReadonlyMap<Finding, Story>;
}

/** Verdicts, and the stories of what was found as far as the history was told again. */
export class JudgedRun {
  private readonly judged: readonly Judged[];
  private readonly wanted: ReadonlyMap<string, ReadonlySet<Story>>;

  constructor(judged: readonly Judged[]) {
    this.judged = judged;
    this.wanted = new Map(
      judged.map(({ scenario, stories }) => [scenario, new Set(stories.values())]),
    );
  }

  get wantsStories(): boolean {
    return this.judged.some(({ stories }) => stories.size > 0);
  }

  /** Takes each event of the history once more, in order. */
  tell(event: HistoryEvent): void {
    for (const story of this.wanted.get(event.scenario) ?? []) story.see(event);
  }

  /** In the order of their headers. */
  results(): readonly ScenarioResult[] {
    return this.judged.map(({ result, stories }) => ({
      ...result,
      guarantees: result.guarantees.map((guarantee) => ({
        ...guarantee,
        findings: guarantee.findings.map((finding) => ({
          ...finding,
          witness: stories.get(finding)?.lines ?? finding.witness,
        })),
      })),
    }));
  }
}

/** One story for each key, whatever was found of it; none for "and 7 more". */
function storiesFor(evidence: Evidence, result: ScenarioResult): ReadonlyMap<Finding, Story> {
  const byKey = new Map<string | null, Story>();
  const stories = new Map<Finding, Story>();
  const told = result.guarantees.flatMap(({ findings }) => findings.slice(0, FINDINGS_MAX));
  for (const finding of told) {
    const story = byKey.get(finding.key) ?? new Story(evidence, finding.key);
    story.mustTell(finding.seqs ?? []);
    byKey.set(finding.key, story);
    stories.set(finding, story);
  }
  return stories;
}
