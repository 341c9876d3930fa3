import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { FORMATS } from "../report/formats.ts";
import { readRehearsedRun } from "./rehearsed-run-reader.ts";

const EXAMPLES = fileURLToPath(new URL("../../reports/examples/", import.meta.url));
const RENDERED = ["html", "md", "rehearsal"];

const golden = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) =>
    FORMATS.filter(({ id }) => RENDERED.includes(id)).map((format) => ({
      name,
      file: format.file,
      format,
    })),
  );

test("there is an example of each kind of verdict", () => {
  expect(new Set(golden.map(({ name }) => name))).toEqual(
    new Set(["pass", "violated", "inconclusive"]),
  );
});

test.each(golden)(
  "$file of the example $name is what its journal renders to",
  ({ name, file, format }) => {
    const folder = join(EXAMPLES, name);
    const against = name === "violated" ? join(EXAMPLES, "pass") : undefined;
    const run = readRehearsedRun(folder, { output: folder, against });
    expect(run.result.verdict).toBe(name);
    const isSame = format.render(run) === readFileSync(join(folder, file), "utf8");
    expect(isSame, "npm run examples renders them again").toBe(true);
  },
);
