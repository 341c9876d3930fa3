import { hostname, release } from "node:os";
import { expect, test } from "vitest";
import { engineInfo } from "./engine-info.ts";

test.each([
  ["Docker", {}, false, null],
  [
    "rootless Docker without cgroup v2",
    { CgroupDriver: "none", CgroupVersion: "1" },
    true,
    /pause/,
  ],
  ["rootless Docker with systemd", { CgroupDriver: "systemd", CgroupVersion: "2" }, true, null],
])("%s: whether its bridges are ours, and whether it can pause", (_, cgroup, rootless, noPause) => {
  const options = ["name=seccomp,profile=default", ...(rootless ? ["name=rootless"] : [])];
  const info = engineInfo({ ...cgroup, SecurityOptions: options, Name: hostname() });
  expect(info).toMatchObject({ isRootless: rootless, isOnThisKernel: false });
  if (noPause === null) expect(info.noPause).toBeNull();
  else expect(info.noPause).toMatch(noPause);
});

test("Podman says outright whether it is rootless, and so whose kernel it is on", () => {
  const told = { Name: hostname(), KernelVersion: release() };
  expect(engineInfo({ ...told, Rootless: false })).toMatchObject({ isOnThisKernel: true });
  expect(engineInfo({ ...told, Rootless: true })).toMatchObject({
    isRootless: true,
    isOnThisKernel: false,
  });
  expect(engineInfo({ Rootless: false, Name: "machine" })).toMatchObject({ isOnThisKernel: false });
});

test("an engine that says nothing is taken for a plain one", () => {
  expect(engineInfo({})).toEqual({
    system: "",
    memoryBytes: 0,
    folder: "",
    isRootless: false,
    isOnThisKernel: false,
    noPause: null,
  });
});
