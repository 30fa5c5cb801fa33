import { defineConfig } from "vitest/config";
import LongFirst from "./test/support/long-first.ts";

/** As many files at a time as the machine has cores, in what is computing and not measuring. */
const SIDE_BY_SIDE = "100%";

/** Programs under load: others beside them would be measured too. */
const MEASURING = ["test/programs/{bench,k6,node-worker}/**/*.test.ts"];

const PROGRAMS = { testTimeout: 600_000, hookTimeout: 900_000 };

const LAB = {
  globalSetup: "test/lab/global-setup.ts",
  setupFiles: "test/lab/file-environment.ts",
  testTimeout: 900_000,
  hookTimeout: 1_800_000,
};

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/slowest.ts"],
    sequence: { sequencer: LongFirst },
    projects: [
      {
        // Builds nothing and starts no program. Files share their modules, since loading them is most of the work.
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          isolate: false,
          maxWorkers: SIDE_BY_SIDE,
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // What is built, and what runs as a program of its own, without a cluster.
        test: {
          ...PROGRAMS,
          name: "programs",
          include: ["test/programs/**/*.test.ts"],
          exclude: MEASURING,
          maxWorkers: SIDE_BY_SIDE,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: "test/browser/install-chromium.ts",
          maxWorkers: SIDE_BY_SIDE,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Loads, and what is measured of them: one file after another.
        test: {
          ...PROGRAMS,
          name: "programs-alone",
          include: MEASURING,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        // Real clusters and real load. Most of the time a file waits for the cluster, so two are at work in it at a time, each
        // in its own namespace.
        test: {
          ...LAB,
          name: "lab",
          include: ["test/lab/*.test.ts"],
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
      {
        // Those that change or examine what all files share: the machine, its nodes, the cluster's policies.
        test: {
          ...LAB,
          name: "lab-alone",
          include: ["test/lab/alone/*.test.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 5 },
        },
      },
    ],
  },
});
