import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { show } from "./show.ts";

const testdata = fileURLToPath(new URL("../checker/testdata/", import.meta.url));

async function shown(name: string, finding?: number): Promise<readonly string[]> {
  const lines: string[] = [];
  await show(`${testdata}${name}`, { finding, print: (line) => lines.push(line) });
  return lines;
}

test("without a number, the findings are listed", async () => {
  const lines = await shown("no-duplicate-effects");
  expect(lines[0]).toMatch(/^ {2}1 {2}\S+ {2}no-duplicate-effects: pay-000020-/);
  expect(await shown("pass")).toEqual(["No findings."]);
});

test("a story crosses Kafka, Postgres and processes, each fact with its raw event", async () => {
  const story = (await shown("no-duplicate-effects", 1)).join("\n");
  expect(story).toMatch(
    /delivered to consumer-\d \(attempt 1\)\n +seq \d+: \{.*"stream":"delivery"/,
  );
  expect(story).toMatch(/exited, SIGKILL\n +seq \d+: \{.*"stream":"process"/);
  expect(story).toMatch(/postgres\.commit\.applied[^\n]*\n +seq \d+: \{.*"stream":"wire"/);
});

test("a number that is not there says which are", async () => {
  await expect(shown("no-duplicate-effects", 99)).rejects.toThrow(
    /No finding 99 .* there are 1 to \d+/,
  );
});
