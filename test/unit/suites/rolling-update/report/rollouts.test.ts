import { describe, expect, test } from "vitest";
import { renderTerminal } from "../../../../../reports/terminal/render.ts";
import { armViews, failuresOf } from "../../../../../reports/view/arms.ts";
import { speaksOfConntrack } from "../../../../../reports/view/conntrack.ts";
import type { FailureCause } from "../../../../../runner/result/outcomes.ts";
import { type Arm, type Role, resultSchema } from "../../../../../runner/result/result.ts";
import {
  ROLLOUT_EVIDENCE,
  type RolloutBlock,
  type RolloutEvidence,
  type RolloutEvidenceOfSuite,
} from "../../../../../suites/rolling-update/evidence.ts";
import { rolloutReport } from "../../../../../suites/rolling-update/report/report.ts";
import { captionOf, rolloutName, timelineInWords } from "../../../../../suites/rolling-update/report/view/captions.ts";
import {
  armRollouts,
  clockErrors,
  familyOf,
  lateFor,
  scenesOf,
  stoppedAtMs,
} from "../../../../../suites/rolling-update/report/view/rollouts.ts";
import { type RolloutResult, rolloutResult, unseenRolloutResult } from "./fixture.ts";

function viewsOf(result: RolloutResult) {
  return armViews<RolloutEvidenceOfSuite>(result);
}

function evidence(result: RolloutResult, arm = 0): RolloutEvidence {
  const chosen = armRollouts(viewsOf(result))[arm]?.chosen.evidence;
  if (!chosen) throw new Error("an arm with rollouts expected");
  return chosen;
}

function voided(block: RolloutBlock): RolloutBlock {
  return { ...block, valid: false, invalidBecause: [{ kind: "nothing-scheduled" }] };
}

function allVoided<R extends Role>(arm: Arm<RolloutEvidence, R>): Arm<RolloutEvidence, R> {
  return { ...arm, blocks: arm.blocks.map(voided) };
}

describe("the made-up results", () => {
  test.each([rolloutResult(), unseenRolloutResult()])("are valid, and add up", (result) => {
    expect(resultSchema("rolling-update", ROLLOUT_EVIDENCE).parse(result)).toEqual(result);
    for (const block of result.arms.flatMap(({ blocks }) => blocks)) {
      expect(block.evidence.failedInAll).toBe(failuresOf(block));
      expect(block.scheduled).toBe(Object.values(block.outcomes).reduce((total, n) => total + n, 0));
    }
  });
});

describe("sums over blocks", () => {
  test("leave the warm-up and invalid blocks out", () => {
    const [arm, tuned] = rolloutResult().arms;
    const arms = [
      { ...arm, blocks: [...arm.blocks.slice(0, -1), ...arm.blocks.slice(-1).map(voided)] },
      tuned,
    ] as const;
    const [baseline] = armRollouts(viewsOf({ ...rolloutResult(), arms }));
    expect(baseline?.blocks).toHaveLength(4);
  });

  test("have every failure in exactly one family and path", () => {
    for (const { paths, failed, blocks } of armRollouts(viewsOf(rolloutResult()))) {
      const inFamilies = paths.map(({ byFamily }) => Object.values(byFamily).reduce((total, n) => total + n, 0));
      expect(inFamilies).toEqual(paths.map((path) => path.failed));
      expect(inFamilies.reduce((total, n) => total + n, 0)).toBe(failed);
      expect(failed).toBe(blocks.reduce((total, block) => total + failuresOf(block), 0));
    }
  });

  test("do not expect a number where one block does not say", () => {
    const [baseline] = armRollouts(viewsOf(rolloutResult()));
    const expected = new Map(baseline?.paths.map(({ path, expected }) => [path, expected]));
    expect(expected.get("gateway-traefik")).toBeNull();
    expect(expected.get("nginx")).toBeGreaterThan(0);
  });

  test("of windows count pods that were not led to as 0, and blame nobody for them", () => {
    const [, slept] = armRollouts(viewsOf(rolloutResult()));
    for (const { p50Ms, maxMs, pods, late } of slept?.windows ?? [])
      expect([p50Ms, maxMs, pods, late]).toEqual([0, 0, 25, []]);
  });

  test("the drawn block is the median by failures", () => {
    const [baseline] = armRollouts(viewsOf(rolloutResult()));
    const counts = baseline?.blocks.map(({ evidence }) => evidence.failedInAll).sort((a, b) => a - b);
    expect(baseline?.chosen.evidence.failedInAll).toBe(counts?.[2]);
  });

  test("there are none of an arm without a block that counts", () => {
    const [baseline, tuned] = rolloutResult().arms;
    const arms = [allVoided(baseline), allVoided(tuned)] as const;
    expect(armRollouts(viewsOf({ ...rolloutResult(), arms }))).toEqual([]);
  });
});

describe("causes", () => {
  test.each<[FailureCause, string]>([
    ["status-502", "502"],
    ["status-503", "503"],
    ["status-504", "504"],
    ["reset", "connection"],
    ["response-timeout", "connection"],
    ["status-500", "other"],
    ["not-sent", "other"],
  ])("%s is of the family %s", (cause, family) => {
    expect(familyOf(cause)).toBe(family);
  });
});

describe("scenes", () => {
  test("hold every listed failure exactly once", () => {
    for (const result of [rolloutResult(), unseenRolloutResult()]) {
      const own = evidence(result);
      const placed = scenesOf(own).flatMap(({ lanes }) => lanes.flatMap(({ failed }) => failed.map(({ id }) => id)));
      expect(placed.sort()).toEqual(own.failed.map(({ id }) => id).sort());
    }
  });

  test("put a failure at a pod that was not watched on a lane of its own", () => {
    const own = evidence(rolloutResult());
    const blind = { ...own, rollouts: own.rollouts.map((rollout) => ({ ...rollout, pods: [] })) };
    const lanes = scenesOf(blind).flatMap((scene) => scene.lanes.map(({ lane }) => lane));
    const strangers = lanes.filter((lane) => lane.kind === "pod" && lane.timeline === null);
    expect(strangers).toHaveLength(new Set(own.failed.flatMap(({ pod }) => pod ?? [])).size);
  });

  test("what failed in no rollout has a scene of its own", () => {
    const scenes = scenesOf(evidence(rolloutResult()));
    expect(scenes.map(({ rollout }) => rollout)).toEqual([0, 1, null]);
    expect(scenes.at(-1)?.lanes.map(({ lane }) => lane.kind)).toEqual(["unexplained"]);
  });
});

describe("a pod's stop", () => {
  const [pod] = evidence(rolloutResult()).rollouts[0]?.pods ?? [];
  if (!pod) throw new Error("a pod expected");

  test("is its signal, or its end where that came first or no signal was seen", () => {
    expect(stoppedAtMs({ ...pod, signal: { name: "SIGTERM", atMs: 50 }, exitedAtMs: 70 })).toBe(50);
    expect(stoppedAtMs({ ...pod, signal: { name: "SIGTERM", atMs: 50 }, exitedAtMs: 40 })).toBe(40);
    expect(stoppedAtMs({ ...pod, signal: null, exitedAtMs: 70 })).toBe(70);
    expect(stoppedAtMs({ ...pod, signal: null, exitedAtMs: null })).toBeNull();
  });

  test("is told in words, with who was late", () => {
    const words = timelineInWords(
      {
        ...pod,
        pod: "web-1",
        deleteRequestedAtMs: 1000,
        terminatingAtMs: 1010,
        signal: { name: "SIGQUIT", atMs: 1040 },
        exitedAtMs: null,
        proxyGoneAtMs: { a: 1030, b: 1240 },
        ingressGoneAtMs: { nginx: null },
      },
      1000,
    );
    expect(words).toBe(
      "web-1: deletion asked for at 0 ms, EndpointSlice terminating at 10 ms, SIGQUIT at 40 ms, process gone not seen; kube-proxy on a let go at 30 ms, kube-proxy on b let go at 240 ms (200 ms late), nginx let go not seen.",
    );
  });
});

describe("words", () => {
  test("name each kind of rollout", () => {
    const name = (kind: "restart" | "scale-down" | "evict" | "kill", replicas: number) =>
      rolloutName({ kind, replicas });
    expect(name("restart", 1)).toBe("Restart of 1 replica");
    expect(name("scale-down", 4)).toBe("Scale-down from 4 replicas");
    expect(name("evict", 4)).toContain("Eviction");
    expect(name("kill", 4)).toContain("SIGKILL");
  });

  test("a caption tells what failed, how much of it is explained, and who was late", () => {
    const own = evidence(rolloutResult());
    const [, many] = scenesOf(own);
    if (!many) throw new Error("a scene expected");
    expect(captionOf(many, own)).toMatch(
      /^4 pods went away; .* ready again after 3\.15 s\. \d+ failed requests: \d+ × HTTP 502.* of them explained\. Led to after its stop for 1\.\d+ s at most: web-\S+, through \S+ \(the proxy of \S+ was late\)/,
    );
  });

  test("a caption says so when only some of the failures are listed", () => {
    const own = evidence(rolloutResult());
    const [scene] = scenesOf({
      ...own,
      rollouts: own.rollouts.map((rollout) => ({ ...rollout, failures: rollout.failures + 500 })),
    });
    const more = {
      ...own,
      rollouts: own.rollouts.map((rollout) => ({ ...rollout, failures: rollout.failures + 500 })),
    };
    if (!scene) throw new Error("a scene expected");
    expect(captionOf(scene, more)).toMatch(/an even choice of \d+/);
  });

  test("where nothing was seen nothing is claimed", () => {
    const own = evidence(unseenRolloutResult());
    const [scene] = scenesOf(own);
    if (!scene) throw new Error("a scene expected");
    const caption = captionOf(scene, own);
    expect(caption).toContain("No pod was seen to go away; the end of the rollout was not seen.");
    expect(caption).toContain("none explained");
    expect(caption).toContain("was not seen");
  });
});

test("parties and clocks come worst first", () => {
  const all = armRollouts(viewsOf(rolloutResult()));
  const [baseline] = all;
  if (!baseline) throw new Error("an arm expected");
  const counts = lateFor(baseline).map(({ count }) => count);
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  expect(clockErrors(all)[0]).toEqual({ clock: "Kubernetes API", errorMs: 4.8 });
});

describe("in a terminal", () => {
  const text = renderTerminal(rolloutResult(), rolloutReport, { colour: false, width: 80 });

  test("each path stands with each arm's failures and windows, and nothing of packets", () => {
    expect(text).toContain("Where requests failed");
    expect(text).toMatch(/nginx +\d+ of 6,000 +\d+ ms, \d+ ms +0 of 6,000 +0 ms, 0 ms/);
    expect(text).not.toContain("packets");
    expect(text).not.toContain("conntrack");
  });

  test("its lines fit 80 columns, and the whole a screen", () => {
    const lines = text.trimEnd().split("\n");
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80);
    expect(lines.length).toBeLessThanOrEqual(45);
  });

  test("unexplained failures are said to be that", () => {
    const [baseline] = armRollouts(viewsOf(rolloutResult()));
    const told = `${baseline?.attributed.toLocaleString("en-US")} of ${baseline?.failed.toLocaleString("en-US")} explained`;
    expect(text.replace(/\s+/g, " ")).toContain(told);
  });
});

test("conntrack is not spoken of where the table was all but empty throughout", () => {
  expect(speaksOfConntrack(viewsOf(rolloutResult()))).toBe(false);
});
