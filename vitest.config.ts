import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/slowest.ts"],
    projects: [
      {
        // Builds nothing and starts no program. Files share their modules, since loading them is most of the work.
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          isolate: false,
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // What is built, and what runs as a program of its own, without a cluster. Loads disturb each other: one file after
        // another.
        test: {
          name: "programs",
          include: ["test/programs/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 900_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: "test/browser/install-chromium.ts",
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        // Real clusters and real load on one machine: alone, and one file after another.
        test: {
          name: "lab",
          include: ["test/lab/**/*.test.ts"],
          globalSetup: "test/lab/global-setup.ts",
          setupFiles: "test/lab/file-environment.ts",
          fileParallelism: false,
          testTimeout: 900_000,
          hookTimeout: 1_800_000,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
