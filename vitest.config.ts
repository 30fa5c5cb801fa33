import { defineConfig } from "vitest/config";
import LongFirst from "./test/support/long-first.ts";

/** Programs under load, and what Go's tests measure of them: whatever fills the cores beside them would be measured too. */
const MEASURING = ["test/programs/{bench,go,k6,node-worker}/**/*.test.ts"];

/**
 * Files at a time of lab tests and of what needs no cluster, which fills the cores while those wait for theirs. What runs
 * beside each other must be of one number.
 */
const BESIDE_THE_LAB = { maxWorkers: 2, sequence: { groupOrder: 2 } };

/** For what several of a run's files share. */
const RUN_FOLDER = "test/support/run-folder.ts";

const PROGRAMS = { globalSetup: RUN_FOLDER, testTimeout: 600_000, hookTimeout: 900_000 };

const LAB = {
  globalSetup: ["test/lab/global-setup.ts", RUN_FOLDER],
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
          maxWorkers: "100%",
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // What is built, and what runs as a program of its own, without a cluster.
        test: {
          ...PROGRAMS,
          ...BESIDE_THE_LAB,
          name: "programs",
          include: ["test/programs/**/*.test.ts"],
          exclude: MEASURING,
          setupFiles: "test/support/behind-others.ts",
        },
      },
      {
        test: {
          ...BESIDE_THE_LAB,
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: "test/browser/install-chromium.ts",
          setupFiles: "test/support/behind-others.ts",
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Real clusters and real load; each file is at work in its own namespace.
        test: { ...LAB, ...BESIDE_THE_LAB, name: "lab", include: ["test/lab/*.test.ts"] },
      },
      {
        // Those that put next to no load on the lab, and wait most of their time: four take little more of two cores than two.
        test: {
          ...LAB,
          name: "lab-waiting",
          include: ["test/lab/waiting/*.test.ts"],
          maxWorkers: 4,
          sequence: { groupOrder: 3 },
        },
      },
      {
        // Loads, and what is measured of them; none of the files takes a whole core, but for a compiler at its start.
        test: {
          ...PROGRAMS,
          name: "programs-alone",
          include: MEASURING,
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
      {
        // Those that change what a lab's nodes are to its pods, of the shared lab one at a time (hold.ts), and beside it those of
        // labs of their own that set the kernel which all labs share.
        test: {
          ...LAB,
          name: "lab-nodes",
          include: ["test/lab/nodes/*.test.ts"],
          maxWorkers: 2,
          sequence: { groupOrder: 5 },
        },
      },
      {
        // Those that change or examine what all files share: the machine, the kernel's settings, the cluster's policies.
        test: {
          ...LAB,
          name: "lab-alone",
          include: ["test/lab/alone/*.test.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 6 },
        },
      },
    ],
  },
});
