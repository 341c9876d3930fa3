import { defineConfig } from "vitest/config";

/** The suites that need a container engine: `npm run test:docker`. */
export default defineConfig({
  test: {
    name: "docker",
    include: ["harness/**/*.docker.test.ts"],
    testTimeout: 120_000,
    fileParallelism: false,
  },
});
