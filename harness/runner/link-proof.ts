import { HarnessError, messageOf } from "../model/errors.ts";
import { pollUntil } from "./deadline.ts";
import type { OpenLinks } from "./instance-links.ts";
import type { ScenarioContext } from "./scenario-context.ts";

/** Answered by the API double for the harness: no call, and not in its ledger. */
const ALIVE_PATH = "/alive";
const STILL_CARRIES_DEADLINE_MS = 5_000;

/** Resolves with the evidence once the instance's API link carries a question and its answer. */
export async function apiLinkCarries(
  { stack, environment }: Pick<ScenarioContext, "stack" | "environment">,
  link: { readonly links: OpenLinks; readonly instance: string },
  deadlineMs: number,
): Promise<string> {
  const { instance } = link;
  const [{ listen }] = link.links.of(instance).api.proxies;
  const url = `http://${listen.host}:${listen.port}${ALIVE_PATH}`;
  return pollUntil(
    async () =>
      (await stack.subjects.isHealthy(url)) ? `the api link of ${instance} answers` : null,
    {
      what: `the api link of ${instance} to answer ${ALIVE_PATH}`,
      deadlineMs,
      everyMs: 50,
      signal: environment.signal,
    },
  );
}

/**
 * Links that carry nothing although every fault is healed, in words. They go the way of all links, over
 * Toxiproxy and back: a system that came to rest has shown that they carry, another has not.
 */
export async function brokenLinks(
  context: ScenarioContext,
  links: OpenLinks,
): Promise<readonly string[]> {
  const proofs = context.instances.map((instance) =>
    apiLinkCarries(context, { links, instance }, STILL_CARRIES_DEADLINE_MS).then(
      () => [],
      (error: unknown) => {
        if (error instanceof HarnessError && error.code === "interrupted") throw error;
        return [messageOf(error)];
      },
    ),
  );
  return (await Promise.all(proofs)).flat();
}
