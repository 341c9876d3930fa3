import { expect, test } from "vitest";
import type { GamedayConfig } from "../model/config.ts";
import { isOn, resolveSettings, textOf, type SettingName } from "./settings.ts";

const config = {
  output: "from-config",
  run: { seed: 3, repeatEach: 2, variant: "of-config" },
} as unknown as GamedayConfig;

/** As yargs leaves them: flags over GAMEDAY_* variables, and its own defaults. */
function setting(
  name: SettingName,
  given: { args?: readonly string[]; env?: NodeJS.ProcessEnv; flags?: Record<string, unknown> },
) {
  const settings = resolveSettings({ args: [], env: {}, flags: {}, config, ...given });
  const { value, origin, from } = settings.find((each) => each.name === name) ?? {};
  return { value, origin, from };
}

test("flag over GAMEDAY_* over config over default", () => {
  const flags = { seed: 1 };
  const env = { GAMEDAY_SEED: "2" };
  expect(setting("seed", { args: ["--seed", "1"], env, flags })).toEqual({
    value: 1,
    origin: "flag",
    from: "--seed",
  });
  expect(setting("seed", { env, flags: { seed: 2 } })).toEqual({
    value: 2,
    origin: "environment",
    from: "GAMEDAY_SEED",
  });
  expect(setting("seed", {})).toEqual({ value: 3, origin: "config", from: "run.seed" });
  expect(setting("max-failures", {})).toEqual({ value: null, origin: "default", from: "default" });
});

test.each([
  [["--output=x"], { output: "x" }, "output", "x"],
  [["-g", "kill"], { grep: "kill" }, "grep", "kill"],
  [["-gkill"], { grep: "kill" }, "grep", "kill"],
  [["-x"], { x: true }, "max-failures", 1],
  [["--max-failures", "3"], { "max-failures": 3, x: false }, "max-failures", 3],
] as const)("%j is a flag", (args, flags, name, value) => {
  expect(setting(name, { args, flags })).toMatchObject({ value, origin: "flag" });
});

test("yargs' own default does not hide the configuration", () => {
  expect(setting("variant", { flags: { variant: undefined } })).toMatchObject({
    value: "of-config",
    origin: "config",
  });
  expect(setting("stack", { flags: { stack: "auto" } })).toMatchObject({ origin: "default" });
});

test("what stands behind -- is no flag", () => {
  expect(setting("seed", { args: ["--", "--seed"] })).toMatchObject({ origin: "config" });
});

test("texts and switches are read from what was resolved", () => {
  const settings = resolveSettings({
    args: ["--global-timeout", "10"],
    env: {},
    flags: { "global-timeout": 10, quiet: true },
    config,
  });
  expect(textOf(settings, "global-timeout")).toBe("10");
  expect(textOf(settings, "shard")).toBeUndefined();
  expect(isOn(settings, "quiet")).toBe(false);
});
