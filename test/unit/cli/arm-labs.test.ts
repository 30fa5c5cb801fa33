import { describe, expect, test } from "vitest";
import { takenOn, withArmLabs } from "../../../runner/cli/arm-labs.ts";
import { assertClusterMode, assertLabMode, labMode } from "../../../runner/cli/assert-proxy-mode.ts";
import type { ChosenSuite, Experiment } from "../../../runner/cli/compare-plan.ts";
import { mapSites } from "../../../runner/cli/sites.ts";
import { sitesOf } from "../../../runner/cli/two-clusters.ts";
import { armPair } from "../../../runner/experiment/arms.ts";
import { saturation } from "../../../suites/saturation/suite.ts";
import { serviceScale } from "../../../suites/service-scale/suite.ts";

const scale = async (baseline: string, tuned: string): Promise<ChosenSuite> => ({
  ...{ suite: serviceScale, options: {} },
  arms: await armPair(serviceScale, baseline, tuned),
});
const OTHER: ChosenSuite = {
  suite: saturation,
  options: {},
  arms: await armPair(saturation, "baseline", "recommended"),
};

const asked = (suites: readonly ChosenSuite[], more: Partial<Experiment> = {}): Experiment => ({
  ...{ suites, engine: undefined, seed: 1, lab: "default", out: "out", quick: true },
  ...more,
});
const labs = (experiment: Experiment) =>
  mapSites(sitesOf(withArmLabs(experiment)), ({ lab, takes }) => `${lab}: ${takes?.proxy ?? "any"}`);

describe("arms that take different clusters", () => {
  test("get a lab each: the one that was named, in iptables mode, and another beside it", async () => {
    const two = { clusters: "two", baseline: "mine: iptables", tuned: "mine-nft: nftables" };
    expect(await labs(asked([await scale("iptables", "nftables")], { lab: "mine", labGiven: true }))).toEqual(two);
    expect(await labs(asked([await scale("baseline", "recommended")], { lab: "mine" }))).toEqual(two);
    const turned = { clusters: "two", baseline: "default-nft: nftables", tuned: "default: iptables" };
    expect(await labs(asked([await scale("nftables", "iptables")]))).toEqual(turned);
  });

  test("share one where all take the same, or anything", async () => {
    expect(await labs(asked([await scale("iptables", "placebo")]))).toEqual({
      clusters: "one",
      both: "default: iptables",
    });
    expect(await labs(asked([await scale("nftables", "nftables")]))).toEqual({
      clusters: "one",
      both: "default: nftables",
    });
    expect(await labs(asked([OTHER]))).toEqual({ clusters: "one", both: "default: any" });
  });

  test("go where the user names a cluster for each", async () => {
    const named = asked([await scale("iptables", "nftables")], { baselineContext: "a", tunedContext: "b" });
    expect(withArmLabs(named)).toBe(named);
    expect(takenOn(named, "tuned")).toEqual({ takes: { proxy: "nftables", arm: "nftables" } });
  });

  test("are refused on one cluster of the user's, with the way to name two", async () => {
    const experiment = asked([await scale("iptables", "nftables")], { context: "prod" });
    expect(() => withArmLabs(experiment)).toThrow(
      "arm iptables takes kube-proxy in iptables mode and arm nftables takes kube-proxy in nftables mode, and one cluster has one mode; name a cluster for each with --baseline-context and --tuned-context",
    );
  });

  test("are refused beside suites whose arms do not", async () => {
    const experiment = asked([OTHER, await scale("iptables", "nftables")]);
    expect(() => withArmLabs(experiment)).toThrow(
      /^the arms of service-scale take a cluster each, .* compare it by itself$/,
    );
  });
});

describe("a cluster that is not what an arm takes", () => {
  const takes = { proxy: "nftables", arm: "nftables" } as const;

  test("is refused by name: a lab in another mode, and a context", () => {
    expect(() => assertLabMode(takes, { name: "mine", proxyMode: "iptables" })).toThrow(
      'arm nftables takes kube-proxy in nftables mode, and lab "mine" is up in iptables mode; take it down (packetwalk lab down --name mine), or name another with --lab',
    );
    expect(() => assertClusterMode(takes, "iptables (by default)", "prod")).toThrow(
      "arm nftables takes kube-proxy in nftables mode, and context prod has iptables (by default); name a cluster for each arm with --baseline-context and --tuned-context",
    );
    expect(() => assertClusterMode(takes, "cilium", "prod")).toThrow(/context prod has cilium/);
  });

  test("is not refused where it has it, where it is not known, and where any will do", () => {
    assertLabMode(takes, { name: "mine", proxyMode: "nftables" });
    assertLabMode(undefined, { name: "mine", proxyMode: "iptables" });
    assertClusterMode(takes, "nftables", "prod");
    assertClusterMode(takes, "unknown", "prod");
    assertClusterMode(undefined, "cilium", "prod");
    expect([labMode(undefined), labMode(takes)]).toEqual(["iptables", "nftables"]);
  });

  test("is no lab where it is IPVS: that takes a cluster that has it", () => {
    expect(() => labMode({ proxy: "ipvs", arm: "ipvs" })).toThrow(
      /^arm ipvs takes kube-proxy in ipvs mode, and the lab has iptables and nftables \(ipvs is deprecated since Kubernetes 1\.35\); name a cluster/,
    );
  });
});
