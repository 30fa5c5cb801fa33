import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { targetsOf } from "../../../runner/analysis/target-differences.ts";
import { askedOf } from "../../../runner/cli/asked.ts";
import { type ChosenSuite, type Experiment, taskOf } from "../../../runner/cli/compare-plan.ts";
import { chosenTasks, placedTasks } from "../../../runner/cli/placed-tasks.ts";
import { assertLabIsThere, assertSameCluster, leftWords } from "../../../runner/cli/resume.ts";
import { VERSION } from "../../../runner/cli/version.ts";
import { UsageError } from "../../../runner/errors.ts";
import { armPair } from "../../../runner/experiment/arms.ts";
import { roundsInOrder, WARM_UP } from "../../../runner/experiment/order.ts";
import type { KeptRun } from "../../../runner/result/kept-run.ts";
import type { Result } from "../../../runner/result/result.ts";
import type { Tuning } from "../../../runner/tunings/tuning.ts";
import { workloadReference } from "../../../runner/workloads/workload-reference.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";
import { dnsStorm } from "../../../suites/dns-storm/suite.ts";
import { saturation } from "../../../suites/saturation/suite.ts";
import { folders, podSysctlYaml } from "../tunings/folders.ts";

/** Of a run of before: it does not say what was asked, nor which cluster it was. */
const RECORDED: Result = JSON.parse(
  readFileSync(new URL("../../fixtures/connection-flood-recommended.json", import.meta.url), "utf8"),
);
const TARGET = { ...RECORDED.target, uid: "a" };

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-resume-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ARMS = new Map(
  await Promise.all(
    [connectionFlood, dnsStorm, saturation].map(
      async (suite) => [suite.name, await armPair<Tuning>(suite, "baseline", "recommended")] as const,
    ),
  ),
);
const SYSCTL_OF_PODS: ChosenSuite = {
  ...{ suite: connectionFlood, options: {} },
  arms: await armPair(connectionFlood, "baseline", "pod-port-range"),
};
const ARTICLE = await armPair(connectionFlood, "baseline", "article");

function chosen(suite: ChosenSuite["suite"] = connectionFlood, options = {}): ChosenSuite {
  const arms = ARMS.get(suite.name);
  if (!arms) throw new Error(`no arms of ${suite.name}`);
  return { suite, options, arms };
}

function command(more: Partial<Experiment> = {}): Experiment {
  return {
    ...{ suites: [chosen()], engine: undefined, seed: 1, quick: true, lab: "default", out: folder, resume: folder },
    ...more,
  };
}

function asked(experiment: Experiment) {
  const [first] = experiment.suites;
  return first ? askedOf(taskOf(first, experiment), experiment) : {};
}

/** The recorded result, as this command would have written it. */
function result(experiment: Experiment = command()): Result {
  return { ...RECORDED, packetwalk: VERSION, target: TARGET, asked: asked(experiment) };
}

/** The same run after its first round, of which one block had ended. */
function kept(experiment: Experiment = command()): KeptRun {
  const { verdict: _, why: __, metrics: ___, ...measured } = result(experiment);
  const [lead] = roundsInOrder(1).next().value;
  const [baseline, tuned] = measured.arms;
  const of = (role: "baseline" | "tuned", blocks: Result["arms"][0]["blocks"]) =>
    [
      ...(role === "baseline" ? [{ ...blocks[0], round: 0 }] : []),
      ...(lead.role === role ? [{ ...blocks[1], round: 1 }] : []),
    ] as typeof blocks;
  const arms = [
    { ...baseline, blocks: of("baseline", baseline.blocks) },
    { ...tuned, blocks: of("tuned", tuned.blocks) },
  ] as const;
  const settings = (index: 0 | 1) => arms[index].blocks.map(() => ({ writes: [], readBacks: [] }));
  return {
    ...measured,
    ...{ seed: 1, asked: asked(experiment), arms, timelinesBytes: 0 },
    order: [WARM_UP, lead].map(({ role }) => (role === "baseline" ? baseline.name : tuned.name)),
    resumable: { keptAt: RECORDED.finishedAt, settings: [settings(0), settings(1)] },
  };
}

function write(name: string, document: object): void {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), JSON.stringify(document));
}

const refused = async (experiment: Experiment): Promise<string> => {
  const error: unknown = await chosenTasks(experiment).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UsageError);
  return String(error).replace("UsageError: ", "").replaceAll(folder, "DIR");
};

describe("the same command with --resume", () => {
  test("goes on from blocks.json, which it leaves where it is", async () => {
    write("blocks.json", kept());
    const all = await chosenTasks(command());
    expect(leftWords(all, folder)).toEqual([
      `connection-flood goes on from ${join(folder, "blocks.json")}: 1 block of its rounds kept`,
    ]);
    const placed = placedTasks(all, command());
    expect(placed.map(({ resuming }) => resuming?.own.state)).toEqual(["interrupted"]);
    expect(JSON.parse(readFileSync(join(folder, "blocks.json"), "utf8"))).toEqual(kept());
  });

  test("keeps what is finished, goes on with what is not, and begins the rest", async () => {
    const several = command({ suites: [chosen(), chosen(dnsStorm), chosen(saturation)] });
    write("connection-flood/result.json", result(several));
    const all = await chosenTasks(several);
    expect(leftWords(all, folder)).toEqual([
      `connection-flood is finished: ${join(folder, "connection-flood", "result.json")} is kept`,
      "dns-storm has no block yet: it begins",
      "saturation has no block yet: it begins",
    ]);
    expect(placedTasks(all, several).map(({ task }) => task.suite.name)).toEqual(["dns-storm", "saturation"]);
  });

  test("says that nothing is left where all is finished", async () => {
    write("result.json", result());
    const all = await chosenTasks(command());
    expect(leftWords(all, folder)).toEqual([`Nothing is left to run: the results are those in ${folder}`]);
    expect(placedTasks(all, command())).toEqual([]);
  });

  test("may be told to print, or to allow, something else: that measures nothing", async () => {
    write("blocks.json", kept());
    expect(
      await chosenTasks(command({ json: true, yes: true, allowNodeChanges: true, context: "renamed" })),
    ).toHaveLength(1);
  });
});

describe("what is refused, in one sentence", () => {
  test.each<[string, Partial<Experiment>, RegExp]>([
    ["another number of rounds", { rounds: 12 }, /--rounds was not given and is 12;/],
    ["another seed and size", { seed: 2, quick: false }, /--seed was 1 and is 2, --quick was given and is not given;/],
    ["another arm", { suites: [{ ...chosen(), arms: ARTICLE }] }, /--tuned was recommended and is article;/],
    ["other nodes", { nodeSelector: { pool: "b" } }, /--node-selector was not given and is pool=b;/],
    ["another image", { webImage: "mine/web:1" }, /--web-image was not given and is mine\/web:1;/],
    [
      "another workload",
      { workload: workloadReference("shop/deployment/web"), allowWorkloadChanges: true, suites: [SYSCTL_OF_PODS] },
      /--workload was not given and is shop\/deployment\/web;/,
    ],
    ["another end", { maxMinutes: 5 }, /--max-minutes was not given and is 5;/],
  ])("%s", async (_, more, words) => {
    write("blocks.json", kept());
    const sentence = await refused(command(more));
    expect(sentence).toMatch(/^DIR\/blocks\.json can't be gone on from: /);
    expect(sentence).toMatch(words);
  });

  test("another packetwalk, also for a suite that is finished", async () => {
    write("result.json", { ...result(), packetwalk: "9.9.9" });
    expect(await refused(command())).toContain(
      `DIR/result.json can't be gone on from: packetwalk was 9.9.9 and is ${VERSION};`,
    );
  });

  test("other suites than the first time", async () => {
    const several = command({ suites: [chosen(), chosen(dnsStorm)] });
    write("connection-flood/blocks.json", kept(several));
    const more = command({ suites: [chosen(), chosen(dnsStorm), chosen(saturation)] });
    expect(await refused(more)).toMatch(
      /suites was connection-flood dns-storm and is connection-flood dns-storm saturation;/,
    );
    expect(await refused(command())).toMatch(
      /^--resume DIR: there is no blocks\.json or result\.json in DIR, so there is nothing/,
    );
  });

  test("a folder that is not there", async () => {
    const nowhere = join(folder, "nowhere");
    expect(await refused(command({ out: nowhere, resume: nowhere }))).toMatch(
      /^--resume DIR\/nowhere is not a folder; /,
    );
  });

  test.each<[string, string, RegExp]>([
    ["cut off", "{", /^DIR\/blocks\.json is not JSON: /],
    ["of somebody else", '{"hello": 1}', /^DIR\/blocks\.json: no run can be resumed from this: schemaVersion: /],
  ])("blocks that are %s", async (_, text, words) => {
    writeFileSync(join(folder, "blocks.json"), text);
    expect(await refused(command())).toMatch(words);
  });

  test("blocks that are damaged, by the field", async () => {
    write("blocks.json", { ...kept(), order: [] });
    expect(await refused(command())).toBe(
      "DIR/blocks.json: this is damaged: order: its blocks do not follow each other as its seed has them",
    );
    write("blocks.json", { ...kept(), timelinesBytes: "many" });
    expect(await refused(command())).toMatch(/^DIR\/blocks\.json: this is damaged: timelinesBytes: /);
  });

  test("another cluster, and a lab that has gone before another is started", async () => {
    write("blocks.json", kept());
    const left = (await chosenTasks(command())).flatMap((each) => each.left ?? []);
    expect(() => assertSameCluster(left, TARGET)).not.toThrow();
    expect(() => assertSameCluster(left, { ...TARGET, uid: "b" })).toThrow(
      /blocks\.json can't be gone on from: the lab was started anew: it is another cluster; /,
    );
    expect(() => assertLabIsThere(left)).toThrow(
      /the lab that it ran on has gone, and a lab that is started anew is another cluster/,
    );
  });
});

describe("a run on two clusters", () => {
  const two = (more: Partial<Experiment> = {}) => command({ baselineLab: "a", tunedLab: "b", ...more });
  const NEW = { ...TARGET, uid: "b", context: "packetwalk-b" };

  test("goes on on the same two, each of them where it was", async () => {
    write("result.json", { ...result(two()), targets: targetsOf(TARGET, NEW) });
    const left = (await chosenTasks(two())).flatMap((each) => each.left ?? []);
    expect(() => assertSameCluster(left, TARGET, "baseline")).not.toThrow();
    expect(() => assertSameCluster(left, NEW, "tuned")).not.toThrow();
    expect(() => assertSameCluster(left, NEW, "baseline")).toThrow(
      / the cluster was .* \(UID a\) and is packetwalk-b \(UID b\)/,
    );
    expect(() => assertSameCluster(left, TARGET, "tuned")).toThrow(/ the cluster was packetwalk-b \(UID b\) and is /);
    expect(() => assertLabIsThere(left, "tuned")).toThrow(/the lab that it ran on has gone/);
  });

  test("is not gone on with on one, nor the other way round", async () => {
    write("result.json", { ...result(two()), targets: targetsOf(TARGET, NEW) });
    expect(await refused(command())).toMatch(/a cluster for each arm was given and is not given/);
    write("result.json", result());
    expect(await refused(two())).toMatch(/a cluster for each arm was not given and is given/);
  });
});

test("a suite's own options are asked by their names on the command line", () => {
  const storm = chosen(dnsStorm, { faults: ["kill-pod", "cpu-limit"], depth: 5 });
  const experiment = command({ suites: [storm], nodeSelector: { b: "2", a: "1" } });
  expect(asked(experiment)).toEqual({
    ...{ suites: "dns-storm", "--baseline": "baseline", "--tuned": "recommended", "--seed": "1", "--quick": "given" },
    ...{ "--node-selector": "a=1,b=2", "--faults": "kill-pod,cpu-limit", "--depth": "5" },
  });
});

test("a tuning's folder in which something else is now is refused, by its hashes", async () => {
  using made = folders();
  const tuned = made.tuning("mine", podSysctlYaml("net.ipv4.tcp_fin_timeout", 20));
  const asks = async () =>
    command({ suites: [{ ...chosen(), arms: await armPair(connectionFlood, "baseline", tuned) }] });
  write("blocks.json", kept(await asks()));
  expect(await chosenTasks(await asks())).toHaveLength(1);
  made.tuning("mine", `${podSysctlYaml("net.ipv4.tcp_fin_timeout", 20)}# as it was, but for this\n`);
  const sentence = await refused(await asks());
  expect(sentence).toMatch(
    /^DIR\/blocks\.json can't be gone on from: tuning \S+\/mine was SHA-256 \w+ and is SHA-256 \w+; /,
  );
});
