import { describe, expect, test } from "vitest";
import { clusterDifferences, differences, measuringDifferences } from "../../../runner/analysis/same-run.ts";
import type { Target } from "../../../runner/result/target.ts";
import { fixture } from "../reports/fixture.ts";

test("options that differ are named with what they were and are, those left out too", () => {
  expect(
    differences({ "--seed": "1", "--rounds": "8" }, { "--seed": "1", "--rounds": "10", "--quick": "given" }),
  ).toEqual(["--rounds was 8 and is 10", "--quick was not given and is given"]);
  expect(differences({ "--force": "given" }, {})).toEqual(["--force was given and is not given"]);
});

describe("the cluster", () => {
  const node = { name: "n1", cpus: 4, memoryBytes: 1, region: null, zone: null, containerRuntime: "containerd" };
  const staging: Target = {
    ...{ kind: "kubeconfig", context: "staging", uid: "a", kubernetes: "v1.34.4", cni: "calico", proxyMode: "ipvs" },
    ...{ kernel: "6.12", nodes: 2, nodeFacts: [node, { ...node, name: "n2" }] },
  };
  const lab: Target = { ...staging, kind: "lab", context: "packetwalk-default" };
  const cordoned = { name: "n2", because: { kind: "cordoned" } } as const;

  test.each<[string, Target, Target, string[]]>([
    ["is the same under another name", staging, { ...staging, context: "old-staging" }, []],
    [
      "is another one",
      staging,
      { ...staging, uid: "b", kernel: "6.18" },
      ["the cluster was staging (UID a) and is staging (UID b)"],
    ],
    ["is a lab that was started anew", lab, { ...lab, uid: "b" }, ["the lab was started anew: it is another cluster"]],
    [
      "is another lab",
      lab,
      { ...lab, uid: "b", context: "dev" },
      ["the cluster was packetwalk-default (UID a) and is dev (UID b)"],
    ],
    [
      "was upgraded",
      staging,
      { ...staging, kubernetes: "v1.35.0", kernel: "6.18" },
      ["its Kubernetes was v1.34.4 and is v1.35.0", "its kernel was 6.12 and is 6.18"],
    ],
    [
      "has a node less",
      staging,
      { ...staging, leftOut: [cordoned] },
      ["its list of nodes was n1 (4 CPUs), n2 (4 CPUs) and is n1 (4 CPUs)"],
    ],
    [
      "has one more that takes no part",
      { ...staging, leftOut: [cordoned] },
      { ...staging, nodes: 1, nodeFacts: [node] },
      [],
    ],
    [
      "can't be known again",
      staging,
      { ...staging, uid: null },
      ["whether it is the same cluster can't be told, as namespace kube-system can't be read"],
    ],
  ])("%s", (_, was, is, differing) => {
    expect(clusterDifferences(was, is)).toEqual(differing);
  });

  test("of a result that does not say which it was is not the same", () => {
    const { uid: _, ...old } = staging;
    expect(clusterDifferences(old, old)).toHaveLength(1);
  });
});

test("a suite that has changed without its version is seen by its load and its arms' settings", () => {
  const { load, arms, tunings } = fixture();
  const was = { load, arms, tunings };
  expect(measuringDifferences(was, { ...was, duet: false })).toEqual([]);
  expect(measuringDifferences(was, { ...was, duet: true })).toEqual([
    "both arms at the same time was not so and is so",
  ]);
  expect(measuringDifferences(was, { ...was, load: { ...load, durationMs: 1 } })).toEqual([
    `load.durationMs was ${load.durationMs} and is 1`,
  ]);
  const [first, ...others] = tunings;
  if (!first) throw new Error("the fixture has no tuning");
  const changed = [{ ...first, setting: "net.core.somaxconn = 1" }, ...others];
  expect(measuringDifferences(was, { ...was, tunings: changed })).toEqual([
    expect.stringMatching(new RegExp(`^arm ${first.arm} was .* and is .*net.core.somaxconn = 1`)),
  ]);
});
