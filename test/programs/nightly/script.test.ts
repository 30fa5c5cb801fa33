/** The CronJob's script: what it has packetwalk do, and with which exit code a night ends. */
import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parsedCommand } from "../../support/parsed-command.ts";

const SCRIPT = fileURLToPath(new URL("../../../manifests/nightly/cronjob/nightly.sh", import.meta.url));
const PACKETWALK = fileURLToPath(new URL("fixtures/packetwalk", import.meta.url));

let folder: string;
let store: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-nightly-"));
  store = join(folder, "store");
  for (const each of ["store", "home", "bin"]) mkdirSync(join(folder, each));
  // A file without an ending is a module where its package says so.
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  copyFileSync(PACKETWALK, join(folder, "bin/packetwalk"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Night {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How packetwalk ends, by its command. */
  readonly codes?: Readonly<Record<string, number>>;
  /** Given the script's PID and what was said so far. */
  readonly onStderr?: (pid: number, text: string) => void;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly calls: readonly string[][];
}

function night({ args = [], env = {}, codes = {}, onStderr = () => {} }: Night = {}): Promise<Ended> {
  const script = join(folder, "nightly.sh");
  writeFileSync(script, readFileSync(SCRIPT, "utf8").replaceAll("/store", store));
  const calls = join(folder, "calls");
  writeFileSync(calls, "");
  return new Promise((resolve, reject) => {
    const path = [join(folder, "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter);
    const own = { PATH: path, HOME: join(folder, "home"), CALLS: calls, CODES: JSON.stringify(codes) };
    // As in a container it is the first process: signals that it does not ask for do nothing to it.
    const asFirst = ["--pid", "--fork", "--kill-child", "sh", script, ...args];
    const child = spawn("unshare", asFirst, { env: { ...own, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
      onStderr(childOf(child.pid), stderr);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      const lines = readFileSync(calls, "utf8").trim().split("\n");
      resolve({ code, stdout: stdout + stderr, calls: lines.map((line) => JSON.parse(line)) });
    });
  });
}

const childOf = (pid = 0) => Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());

const namesOf = ({ calls }: Ended) => calls.map(([name]) => name);

describe("a night", () => {
  test("is held against the last good one, by commands that packetwalk takes", async () => {
    const ended = await night({ args: ["--quick"] });
    expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining("# compare")]);
    const [compare = [], ...others] = ended.calls;
    expect(compare.slice(0, 12)).toEqual([
      ...["compare", "connection-flood", "--tuned", "baseline", "--against", "last-good", "--quick"],
      ...["--context", "in-cluster", "--namespace", "packetwalk-load", "--store"],
    ]);
    expect(compare[12]).toBe(store);
    const results = compare[14] ?? "";
    expect(results).toMatch(/\/store\/results\/\d{4}-\d\d-\d\dT\d{6}Z$/);
    expect(others).toEqual([
      ["history", store, "--page", `${results}/trends.html`],
      ["history", "prune", "--keep", "365d", "--store", store],
    ]);
    for (const words of ended.calls) expect(await parsedCommand(words), words.join(" ")).not.toEqual([]);
  });

  test("takes what the manifest's environment says", async () => {
    const { calls } = await night({
      args: ["--rounds", "7"],
      env: {
        ...{ NIGHTLY_SUITES: "connection-flood saturation", NIGHTLY_ARM: "recommended", NIGHTLY_NAMESPACE: "lent" },
        ...{ NIGHTLY_STORE: "postgresql://nightly@db/history", NIGHTLY_RESULTS: join(folder, "home/results") },
        ...{ NIGHTLY_FAIL_ON: "worse", NIGHTLY_KEEP: "30d" },
      },
    });
    expect(calls[0]).toEqual([
      ...["compare", "connection-flood", "saturation", "--tuned", "recommended", "--against", "last-good"],
      ...["--rounds", "7", "--context", "in-cluster", "--namespace", "lent"],
      ...["--store", "postgresql://nightly@db/history", "--out", expect.stringContaining(`${folder}/home/results/`)],
    ]);
    expect(calls[1]).toEqual([
      ...["history", "postgresql://nightly@db/history", "--page", expect.any(String), "--fail-on", "worse"],
    ]);
    expect(calls[2]).toEqual(["history", "prune", "--keep", "30d", "--store", "postgresql://nightly@db/history"]);
    for (const words of calls) expect(await parsedCommand(words), words.join(" ")).not.toEqual([]);
  });

  test.each(["by the environment", "by a file"])(
    "that is the first is measured only, where it is said %s",
    async (how) => {
      if (how === "by a file") writeFileSync(join(store, "first"), "");
      const { calls } = await night(how === "by a file" ? {} : { env: { NIGHTLY_FIRST: "true" } });
      expect(calls[0]?.slice(0, 4)).toEqual(["run", "connection-flood", "--arm", "baseline"]);
      for (const words of calls) expect(await parsedCommand(words), words.join(" ")).not.toEqual([]);
    },
  );
});

describe("its exit code", () => {
  test.each([
    { codes: { compare: 1 }, code: 1, why: "the night regressed" },
    { codes: { compare: 5, history: 5 }, code: 5, why: "the cluster can't do it" },
    { codes: { history: 1 }, code: 1, why: "the history shows a change for the worse" },
    { codes: { history: 2 }, code: 0, why: "there are too few nights for a history to tell" },
    { codes: { history: 5 }, code: 5, why: "the history can't be read" },
    { codes: { compare: 3, history: 1 }, code: 3, why: "the night is invalid, whatever the history shows" },
  ])("is $code where $why", async ({ codes, code }) => {
    const ended = await night({ codes });
    expect(ended.code).toBe(code);
    expect(namesOf(ended)).toEqual(["compare", "history", "history"]);
  });

  test("is packetwalk's where the night is interrupted: the signal is handed on, and its end waited for", async () => {
    let told = false;
    const ended = await night({
      env: { WAITS: "compare" },
      onStderr(pid, text) {
        if (!told && text.includes("waiting")) process.kill(pid, "SIGTERM");
        told ||= text.includes("waiting");
      },
    });
    expect([told, ended.code]).toEqual([true, 130]);
  });
});

describe("in an image without packetwalk", () => {
  /** Stands for npm: what the script asks of it, and where it looks for what that brings. */
  const NPM = '#!/bin/sh\necho "npm $*"\nmkdir -p node_modules/.bin\nmv "$BIN/brought" node_modules/.bin/packetwalk\n';

  test("it is installed from the volume first", async () => {
    const bin = join(folder, "bin");
    copyFileSync(join(bin, "packetwalk"), join(bin, "brought"));
    rmSync(join(bin, "packetwalk"));
    writeFileSync(join(bin, "npm"), NPM);
    chmodSync(join(bin, "npm"), 0o755);
    writeFileSync(join(store, "packetwalk-0.1.0.tgz"), "");
    const ended = await night({ env: { BIN: bin } });
    expect(ended.stdout).toContain(`npm install --no-save --no-audit --no-fund ${store}/packetwalk-0.1.0.tgz`);
    expect([ended.code, namesOf(ended)]).toEqual([0, ["compare", "history", "history"]]);
  });
});
