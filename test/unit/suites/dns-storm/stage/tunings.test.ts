import { describe, expect, test } from "vitest";
import { type ArmEvidence, tuningReports } from "../../../../../runner/experiment/tuning-reports.ts";
import { podDns } from "../../../../../suites/dns-storm/stage/dns/client.ts";
import {
  dnsPlanOf,
  type FoundResolver,
  readBackDns,
  readBackResolvers,
} from "../../../../../suites/dns-storm/stage/tunings.ts";
import { dnsStorm } from "../../../../../suites/dns-storm/suite.ts";
import * as support from "../../../../support/arms.ts";
import { folders, podDnsYaml } from "../../../tunings/folders.ts";

const ARMS = new Map(
  await Promise.all(
    Object.keys(dnsStorm.arms).map(async (arm) => [arm, await support.tuningsOf(dnsStorm, arm)] as const),
  ),
);

function tuningsOf(arm: string) {
  const tunings = ARMS.get(arm);
  if (!tunings) throw new Error(`no arm ${arm}`);
  return tunings;
}

/** resolv.conf as the kubelet writes it for a pod of this arm. */
function resolvConfOf(arm: string): string {
  const { dnsConfig } = podDns("10.96.0.10", dnsPlanOf(tuningsOf(arm), "packetwalk").resolver);
  const options = dnsConfig?.options?.map(({ name, value }) => (value === undefined ? name : `${name}:${value}`));
  return `search ${dnsConfig?.searches?.join(" ")}\nnameserver 10.96.0.10\noptions ${options?.join(" ")}\n`;
}

function found(arm: string): FoundResolver[] {
  return (["glibc", "musl", "node", "node-c-ares"] as const).map((resolver) => ({
    where: `pod ${resolver}`,
    resolver,
    resolvConf: resolvConfOf(arm),
    names: ["api.shop.test", "web"],
  }));
}

function arrivals(arm: string, evidence: Partial<ArmEvidence>) {
  const reports = tuningReports({ name: arm, tunings: tuningsOf(arm) }, { writes: [], readBacks: [], ...evidence });
  return Object.fromEntries(reports.map(({ name, arrival }) => [name, arrival]));
}

test("without tunings the DNS and its clients are as usual", () => {
  expect(dnsPlanOf([], "packetwalk")).toMatchObject({
    resolver: { ndots: 5, options: [] },
    nodeCache: false,
    fullNames: false,
  });
});

describe("single-request-reopen", () => {
  test("arrives with glibc and never with musl, from one and the same resolv.conf", () => {
    const readBacks = readBackResolvers(tuningsOf("article"), found("article"));
    expect(resolvConfOf("article").match(/single-request-reopen/g)).toHaveLength(1);
    expect(arrivals("article", { readBacks })).toEqual({
      "ndots-2": "arrived",
      "single-request-reopen": "arrived",
      "single-request-reopen-musl": "never-arrived",
    });
  });

  test("a pod that did not get it is told apart from a libc that passes over it", () => {
    const readBacks = readBackResolvers(tuningsOf("article"), found("baseline"));
    expect(new Set(readBacks.map(({ got }) => got))).toEqual(new Set(["ndots:5", "none"]));
  });
});

test("alike resolvers of many blocks are told as one, with how many pods there were", () => {
  const readBacks = [1, 2].flatMap((block) =>
    readBackResolvers(
      tuningsOf("ndots2"),
      found("ndots2").map((each) => ({ ...each, where: `${each.where} of block ${block}` })),
    ),
  );
  const [report] = tuningReports({ name: "ndots2", tunings: tuningsOf("ndots2") }, { writes: [], readBacks });
  expect(report).toMatchObject({ scope: "pod-spec", actsIn: "the client pods' resolvers", arrival: "arrived" });
  expect(report?.readBacks).toEqual(
    ["glibc", "musl", "node"].map((resolver) => ({
      where: `2 ${resolver} resolvers`,
      wanted: "ndots:2",
      got: "ndots:2",
    })),
  );
});

test("the placebo arrives, and is what every libc has anyway", () => {
  const readBacks = readBackResolvers(tuningsOf("placebo"), found("placebo"));
  expect(arrivals("placebo", { readBacks })).toEqual({ "attempts-2": "arrived" });
  expect(readBackResolvers(tuningsOf("placebo"), found("baseline"))).toEqual(readBacks);
});

describe("a folder of the user's with all that a pod's spec says of its DNS", () => {
  const of = async (fields: string) => {
    using made = folders();
    return await support.tuningsOf(dnsStorm, made.tuning("mine", podDnsYaml(fields)));
  };
  const resolvers = (resolvConf: string): FoundResolver[] =>
    found("baseline")
      .slice(0, 2)
      .map((each) => ({ ...each, resolvConf }));
  const values = (tunings: Awaited<ReturnType<typeof of>>, resolvConf: string, clusterDns?: string) =>
    readBackResolvers(tunings, resolvers(resolvConf), clusterDns).map(({ wanted, got }) => [wanted, got]);
  const CONF = "search a.test corp.test\nnameserver 10.96.0.10\nnameserver 192.0.2.7\noptions ndots:2\n";

  test("is read back from resolv.conf, each of it", async () => {
    const tunings = await of(
      "dnsPolicy: ClusterFirst\ndnsConfig: { nameservers: [192.0.2.7], searches: [corp.test.], options: [{ name: ndots, value: 2 }] }",
    );
    const each = [
      ["ndots:2", "ndots:2"],
      ["nameserver 192.0.2.7", "nameserver 192.0.2.7"],
      ["search corp.test.", "search corp.test."],
      ["asks the cluster's DNS", "asks the cluster's DNS"],
    ];
    expect(values(tunings, CONF, "10.96.0.10")).toEqual([...each, ...each]);
  });

  test("has not arrived where a pod has another one", async () => {
    const tunings = await of("dnsPolicy: Default\ndnsConfig: { nameservers: [192.0.2.8], searches: [b.test] }");
    const each = [
      ["nameserver 192.0.2.8", "nameserver 10.96.0.10 192.0.2.7"],
      ["search b.test", "search a.test corp.test"],
      ["does not ask the cluster's DNS", "asks the cluster's DNS"],
    ];
    expect(values(tunings, CONF, "10.96.0.10")).toEqual([...each, ...each]);
    expect(values(tunings, CONF).at(-1)).toEqual(["does not ask the cluster's DNS", null]);
  });
});

test("names without their final dot, and clients that ask the Service, are seen", () => {
  for (const arm of ["fqdn", "node-local-cache"]) {
    expect(Object.values(arrivals(arm, { readBacks: readBackResolvers(tuningsOf(arm), found(arm)) }))).toEqual([
      "never-arrived",
    ]);
  }
});

test("the DNS under test is read back from its Corefile and its pods", () => {
  const corefile = ".:53 {\n    pods verified\n    autopath @kubernetes\n    cache 30\n}";
  const asWanted = readBackDns(tuningsOf("autopath"), { pods: ["a"], corefile });
  expect(arrivals("autopath", { readBacks: asWanted })).toEqual({ autopath: "arrived" });
  const readBacks = readBackDns(tuningsOf("recommended"), { pods: ["a"], corefile });
  expect(arrivals("recommended", { readBacks })).toMatchObject({
    "replicas-2": "never-arrived",
    "cache-prefetch-stale": "never-arrived",
  });
});
