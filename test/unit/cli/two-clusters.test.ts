import { describe, expect, test } from "vitest";
import { askedOf } from "../../../runner/cli/asked.ts";
import { type ChosenSuite, type Experiment, taskOf } from "../../../runner/cli/compare-plan.ts";
import type { OpenTarget } from "../../../runner/cli/open-target.ts";
import { openTargets, releaseTargets } from "../../../runner/cli/open-targets.ts";
import type { SuiteSite } from "../../../runner/cli/run-suite.ts";
import { withSameAgents } from "../../../runner/cli/same-agents.ts";
import { allSites, mapSites, oneSite, onlySite, type Sites } from "../../../runner/cli/sites.ts";
import { type StagingSite, stagedTrials } from "../../../runner/cli/staged-trials.ts";
import { hasTwoClusters, kubeconfigsOf } from "../../../runner/cli/two-cluster-options.ts";
import { assertTwoClusters, sitesOf } from "../../../runner/cli/two-clusters.ts";
import { EnvironmentError, UsageError } from "../../../runner/errors.ts";
import { armPair } from "../../../runner/experiment/arms.ts";
import type { Trial, TrialRequest } from "../../../runner/experiment/trial.ts";
import { type Progress, silent } from "../../../runner/progress.ts";
import type { Tuning } from "../../../runner/tunings/tuning.ts";
import { workloadReference } from "../../../runner/workloads/workload-reference.ts";
import { dnsStorm } from "../../../suites/dns-storm/suite.ts";
import { fixture } from "../reports/fixture.ts";

const STORM: ChosenSuite = {
  ...{ suite: dnsStorm, options: {} },
  arms: await armPair<Tuning>(dnsStorm, "baseline", "recommended"),
};
const asked = (more: Partial<Experiment>): Experiment => ({
  ...{ suites: [STORM], engine: undefined, seed: 1, lab: "default", out: "out", quick: true },
  ...more,
});

/** What names a cluster of each. */
async function namesOf(options: Partial<Experiment>): Promise<unknown> {
  const only = ({ kubeconfig, context, lab }: Experiment) => ({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    lab,
  });
  return mapSites(sitesOf(asked(options)), only);
}

test("one arm alone has one cluster, and never silently the first of two", () => {
  expect(onlySite(oneSite("a"))).toBe("a");
  expect(() => onlySite({ clusters: "two", baseline: "a", tuned: "b" })).toThrow(/one arm alone has one cluster/);
});

describe("the clusters that a command line names", () => {
  test("one, unless an arm is given its own", async () => {
    expect(await namesOf({ kubeconfig: "f", context: "c" })).toEqual({
      clusters: "one",
      both: { kubeconfig: "f", context: "c", lab: "default" },
    });
    expect(hasTwoClusters({})).toBe(false);
  });

  test("two contexts, of one kubeconfig or of several", async () => {
    expect(await namesOf({ kubeconfig: "f", baselineContext: "a", tunedContext: "b" })).toEqual({
      clusters: "two",
      baseline: { kubeconfig: "f", context: "a", lab: "default" },
      tuned: { kubeconfig: "f", context: "b", lab: "default" },
    });
    expect(await namesOf({ baselineContext: "a", tunedKubeconfig: "g" })).toEqual({
      clusters: "two",
      baseline: { context: "a", lab: "default" },
      tuned: { kubeconfig: "g", lab: "default" },
    });
  });

  test("two labs, or a lab and another cluster", async () => {
    expect(await namesOf({ baselineLab: "a", tunedLab: "b" })).toEqual({
      clusters: "two",
      baseline: { lab: "a" },
      tuned: { lab: "b" },
    });
    expect(await namesOf({ kubeconfig: "f", baselineLab: "a", tunedContext: "b" })).toEqual({
      clusters: "two",
      baseline: { lab: "a" },
      tuned: { kubeconfig: "f", context: "b", lab: "default" },
    });
  });

  test("all else is that of both", () => {
    const sites = sitesOf(asked({ baselineLab: "a", tunedLab: "b", nodeSelector: { pool: "x" } }));
    expect(sites).toMatchObject({ baseline: { nodeSelector: { pool: "x" } }, tuned: { nodeSelector: { pool: "x" } } });
  });

  test.each<[string, Partial<Experiment>, RegExp]>([
    [
      "for one arm only",
      { baselineContext: "a" },
      /^a cluster is named for the baseline arm only; name the tuned arm's with --tuned-context, /,
    ],
    [
      "for the tuned arm only",
      { tunedLab: "b" },
      /^a cluster is named for the tuned arm only; name the baseline arm's/,
    ],
    [
      "twice for an arm",
      { baselineLab: "a", baselineContext: "x", tunedLab: "b" },
      /^--baseline-lab and --baseline-context name two/,
    ],
    [
      "the same lab for both",
      { baselineLab: "a", tunedLab: "a" },
      /^both arms were given the same cluster, lab "a": leave the options .* out/,
    ],
    [
      "beside --context",
      { context: "c", baselineLab: "a", tunedLab: "b" },
      /^--context names one cluster for both arms.* --baseline-context and/,
    ],
    [
      "beside --lab",
      { labGiven: true, lab: "x", baselineLab: "a", tunedLab: "b" },
      /^--lab names one cluster for both arms/,
    ],
    [
      "against an earlier night",
      { against: "last-good", baselineContext: "a", tunedContext: "b" },
      /^--against last-good: a night is held against tonight on one cluster, .* name the cluster once/,
    ],
    [
      "against an earlier night, with the tuned arm's cluster only",
      { against: "2026-03-01", tunedLab: "b" },
      /^--against 2026-03-01: a night is held against tonight on one cluster/,
    ],
    ["side by side", { sideBySide: true, baselineLab: "a", tunedLab: "b" }, /^--side-by-side: .* take turns/],
    [
      "with a workload",
      { workload: workloadReference("shop/deployment/web"), baselineLab: "a", tunedLab: "b" },
      /^--workload is tried on one cluster/,
    ],
  ])("are refused in one sentence: %s", (_, options, sentence) => {
    expect(() => sitesOf(asked(options))).toThrow(UsageError);
    expect(() => sitesOf(asked(options))).toThrow(sentence);
  });

  test("every kubeconfig that is named has to be there", () => {
    expect(kubeconfigsOf({ kubeconfig: "a", tunedKubeconfig: "b" })).toEqual(["a", "b"]);
  });
});

test("the arms take turns, where they could run side by side on one cluster; a resumed run has to have two as well", () => {
  const [one, two] = [asked({}), asked({ baselineLab: "a", tunedLab: "b" })];
  expect([taskOf(STORM, one).duetPossible, taskOf(STORM, two).duetPossible]).toEqual([true, false]);
  expect(askedOf(STORM, two)["a cluster for each arm"]).toBe("given");
  expect(askedOf(STORM, one)).not.toHaveProperty("a cluster for each arm");
});

/** A target that tells when it is let go of. */
function target(name: string, clusterUid: string | null, released: string[]): OpenTarget {
  const opened: Pick<OpenTarget, "ref" | "clusterUid" | "release"> = {
    ref: { kind: "kubeconfig", file: "config", context: name },
    clusterUid,
    release: async () => void released.push(name),
  };
  return opened as OpenTarget;
}

describe("opening both", () => {
  const sites: Sites<Experiment> = sitesOf(asked({ baselineContext: "old", tunedContext: "new" }));
  const signal = new AbortController().signal;

  test("the second is opened after the first, and both are let go of, whatever becomes of one", async () => {
    const released: string[] = [];
    const opened = await openTargets(sites, silent, signal, async ({ context = "" }) => ({
      ...target(context, context, released),
      ...(context === "old" ? { release: () => Promise.reject(new Error("stuck")) } : {}),
    }));
    expect(opened).toMatchObject({
      baseline: { target: { clusterUid: "old" } },
      tuned: { target: { clusterUid: "new" } },
    });
    const notes: string[] = [];
    await releaseTargets(opened, { ...silent, note: (text) => notes.push(text) });
    expect([released, notes]).toEqual([["new"], ["The target could not be let go of: stuck"]]);
  });

  test("if the second can't be opened the first is let go of", async () => {
    const released: string[] = [];
    const gone = new EnvironmentError("new does not answer");
    const opening = openTargets(sites, silent, signal, async ({ context = "" }) => {
      if (context === "new") throw gone;
      return target(context, context, released);
    });
    await expect(opening).rejects.toBe(gone);
    expect(released).toEqual(["old"]);
  });

  test("two names of one cluster are refused, and both are let go of", async () => {
    const released: string[] = [];
    const opening = openTargets(sites, silent, signal, async ({ context = "" }) => target(context, "uid-1", released));
    await expect(opening).rejects.toThrow(
      "both arms were given the same cluster, context old (UID uid-1): leave the options that name one for each arm out, and name it once",
    );
    expect(released).toEqual(["old", "new"]);
  });

  test("where a UID is not readable the name decides", () => {
    expect(() => assertTwoClusters(target("a", null, []), target("a", null, []))).toThrow(/context a: leave/);
    expect(() => assertTwoClusters(target("a", null, []), target("b", null, []))).not.toThrow();
  });

  test("who watches is told of which cluster it is", async () => {
    const steps: string[] = [];
    const progress: Progress = {
      step(title, work) {
        steps.push(title);
        return work(() => {});
      },
      note: (text) => void steps.push(text),
    };
    await openTargets(sites, progress, signal, async ({ context = "" }, own) => {
      own.note("a look");
      return own.step("Opening", async () => target(context, context, []));
    });
    expect(steps).toEqual([
      ...["On the baseline cluster: a look", "Opening (baseline cluster)"],
      ...["On the tuned cluster: a look", "Opening (tuned cluster)"],
    ]);
  });
});

test("where one cluster refuses agents, the other does without them as well: else the tasks would differ", () => {
  const on = (agentsRefused: string | null): SuiteSite => ({ target: target("any", null, []), agentsRefused });
  const refusals = (baseline: string | null, tuned: string | null) => {
    const sites = withSameAgents({ clusters: "two", baseline: on(baseline), tuned: on(tuned) });
    return allSites(sites).map(({ agentsRefused }) => agentsRefused);
  };
  expect(refusals(null, null)).toEqual([null, null]);
  expect(refusals(null, "policy X")).toEqual([
    "none, as on the tuned cluster, which refuses them: policy X",
    "policy X",
  ]);
  expect(refusals("policy X", null)).toEqual([
    "policy X",
    "none, as on the baseline cluster, which refuses them: policy X",
  ]);
  expect(refusals("policy X", "policy Y")).toEqual(["policy X", "policy Y"]);
  expect(allSites(withSameAgents({ clusters: "one", both: on("policy X") }))).toEqual(
    [on("policy X")].map((each) => ({ ...each, target: expect.anything() })),
  );
});

describe("staging on both", () => {
  const facts = fixture().target;

  /** Stages trials that are given by role. */
  async function stage(given: (role: string) => Partial<Trial>) {
    const seen: { readonly roles: readonly string[]; readonly arms: string[]; readonly cluster: unknown }[] = [];
    const cleared: string[] = [];
    const suite = {
      load: {
        ...{ kind: "own", engine: "none" },
        open: async () => ({
          async stage({ lane, arms, cluster }: TrialRequest) {
            const [role = ""] = lane.roles;
            seen.push({ roles: lane.roles, arms: [arms.baseline.name, arms.tuned.name], cluster });
            return { clear: async () => void cleared.push(role), ...given(role) };
          },
        }),
      },
    } as unknown as Pick<ChosenSuite["suite"], "load">;
    const site = (cluster: string): StagingSite => {
      const request: Partial<Record<keyof TrialRequest, unknown>> = { arms: STORM.arms, cluster };
      return {
        request: request as unknown as StagingSite["request"],
        facts: { ...facts, context: cluster },
        progress: silent,
      };
    };
    const sites: Sites<StagingSite> = { clusters: "two", baseline: site("old"), tuned: site("new") };
    const ended = await stagedTrials({ suite, engine: undefined, duet: false }, sites).catch((error: unknown) => error);
    return { ended, seen, cleared };
  }

  test("each gets its own arm and no other", async () => {
    const { ended, seen, cleared } = await stage(() => ({}));
    expect(seen).toEqual([
      { roles: ["baseline"], arms: ["baseline", "baseline"], cluster: "old" },
      { roles: ["tuned"], arms: ["recommended", "recommended"], cluster: "new" },
    ]);
    expect(ended).toMatchObject({ way: "two-clusters", tunedTarget: { context: "new" } });
    expect(cleared).toEqual([]);
  });

  test("where they would not get the same task, neither is left standing", async () => {
    const { ended, cleared } = await stage((role) => ({ given: { "its paths": role } }));
    expect(ended).toBeInstanceOf(EnvironmentError);
    expect(cleared).toEqual(["baseline", "tuned"]);
  });

  test("where the second can't be staged, the first is cleared", async () => {
    const { ended, cleared } = await stage((role) => {
      if (role === "tuned") throw new EnvironmentError("no node takes pods");
      return {};
    });
    expect(ended).toEqual(new EnvironmentError("no node takes pods"));
    expect(cleared).toEqual(["baseline"]);
  });
});
