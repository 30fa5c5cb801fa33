import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { askedOf } from "../../../runner/cli/asked.ts";
import { taskOf } from "../../../runner/cli/compare-plan.ts";
import { armByName, armPair } from "../../../runner/experiment/arms.ts";
import { tuningReports } from "../../../runner/experiment/tuning-reports.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";
import { dnsStorm } from "../../../suites/dns-storm/suite.ts";
import { rollingUpdate } from "../../../suites/rolling-update/suite.ts";
import { tuningsOf } from "../../support/arms.ts";
import { dnsYaml, folders, nodeSysctlYaml, patchYaml, podDnsYaml, podSysctlYaml } from "./folders.ts";

const names = (tunings: readonly { readonly name: string }[]) => tunings.map(({ name }) => name);

describe("an arm is composed", () => {
  test("from left to right, of arms and tunings, each tuning once", async () => {
    const arm = await armByName(dnsStorm, "replicas,article, ndots-2,autopath", "--tuned");
    expect(arm.name).toBe("replicas,article, ndots-2,autopath");
    expect(names(arm.tunings)).toEqual([
      "replicas-2",
      "ndots-2",
      "single-request-reopen",
      "single-request-reopen-musl",
      "autopath",
    ]);
  });

  test("of an arm rather than a tuning where both have the name", async () => {
    expect(names(await tuningsOf(dnsStorm, "single-request-reopen"))).toHaveLength(2);
  });

  test("of one tuning by itself, which is no arm", async () => {
    expect(names(await tuningsOf(rollingUpdate, "grace-period-45"))).toEqual(["grace-period-45"]);
  });

  test("of nothing and something", async () => {
    expect(names(await tuningsOf(connectionFlood, "baseline,fastopen-3"))).toEqual(["fastopen-3"]);
  });

  test("of a folder outside, whose hash is of what is read of it", async () => {
    using made = folders();
    const folder = made.tuning("mine", podSysctlYaml("net.ipv4.tcp_fin_timeout", 20));
    const [, mine] = await tuningsOf(connectionFlood, `fastopen-3,${folder}`);
    expect(mine).toMatchObject({
      name: "mine",
      kind: "pod-sysctl",
      setting: "net.ipv4.tcp_fin_timeout = 20",
      folder: { path: folder, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    writeFileSync(join(folder, "README.md"), "not read");
    expect(await tuningsOf(connectionFlood, folder)).toEqual([mine]);
    made.tuning("mine", podSysctlYaml("net.ipv4.tcp_fin_timeout", 21));
    const [changed] = await tuningsOf(connectionFlood, folder);
    expect(changed?.folder?.sha256).not.toBe(mine?.folder?.sha256);
  });

  test("of a folder with a patch, which is part of its hash", async () => {
    using made = folders();
    const patch = (seconds: number) =>
      `spec:\n  template:\n    spec:\n      terminationGracePeriodSeconds: ${seconds}\n`;
    const hash = async (seconds: number) => {
      const [tuning] = await tuningsOf(rollingUpdate, made.tuning("mine", patchYaml(), patch(seconds)));
      expect(tuning?.setting).toBe(`spec.terminationGracePeriodSeconds = ${seconds}`);
      return tuning?.folder?.sha256;
    };
    expect(await hash(50)).not.toBe(await hash(51));
  });
});

test("a patch that lets pods at their nodes is for the cluster's owner to allow", async () => {
  using made = folders();
  const nodeChange = async (spec: string) => {
    const patch = `spec:\n  template:\n    spec:\n      ${spec}\n`;
    return (await tuningsOf(rollingUpdate, made.tuning("mine", patchYaml(), patch)))[0]?.nodeChange;
  };
  expect(await nodeChange("hostNetwork: true")).toBe("lets the web pods at their nodes (spec.hostNetwork)");
  expect(await nodeChange("containers: [{ name: web, securityContext: { privileged: true } }]")).toContain(
    "privileged",
  );
  expect(await nodeChange("volumes: [{ name: v, hostPath: { path: / } }]")).toContain("hostPath");
  expect(await nodeChange("terminationGracePeriodSeconds: 5")).toBeUndefined();
});

test("folder and hash are in what was asked, by which a run is resumed, and in the result", async () => {
  using made = folders();
  const folder = made.tuning("mine", podSysctlYaml("net.ipv4.tcp_fin_timeout", 20));
  const arms = await armPair(connectionFlood, "baseline", `pod-port-range,${folder}`);
  const chosen = { suite: connectionFlood as never, arms, options: {} };
  const experiment = { suites: [chosen], engine: undefined, seed: 1, out: "", lab: "none" };
  const sha256 = arms.tuned.tunings[1]?.folder?.sha256;
  expect(askedOf(taskOf(chosen, experiment), experiment)).toMatchObject({
    "--tuned": `pod-port-range,${folder}`,
    [`tuning ${folder}`]: `SHA-256 ${sha256}`,
  });
  const [ours, mine] = tuningReports(arms.tuned, { writes: [], readBacks: [] });
  expect(ours).not.toHaveProperty("folder");
  expect(mine).toMatchObject({ name: "mine", arm: arms.tuned.name, folder: { path: folder, sha256 } });
});

describe("two that contradict each other are refused by name, with both values", () => {
  test.each<[string, typeof connectionFlood | typeof dnsStorm | typeof rollingUpdate, string, string]>([
    [
      "one sysctl of the kernel",
      connectionFlood,
      "recommended,conntrack-max-524288",
      "conntrack-max-1048576 sets net.netfilter.nf_conntrack_max in the nodes' kernels to 1048576, and conntrack-max-524288 to 524288",
    ],
    [
      "one sysctl of pods",
      connectionFlood,
      "pod-port-range,PORTS",
      "pod-port-range sets net.ipv4.ip_local_port_range in the client pods to 1024 65535, and ports to 2048 65535",
    ],
    [
      "one option of dnsConfig",
      dnsStorm,
      "article,NDOTS",
      "ndots-2 sets dnsConfig option ndots of the client pods to 2, and ndots to 3",
    ],
    [
      "the nameservers of dnsConfig",
      dnsStorm,
      "SERVERS,OTHERS",
      "servers sets dnsConfig nameservers of the client pods to 192.0.2.7, and others to 192.0.2.8 192.0.2.9",
    ],
    [
      "two policies",
      dnsStorm,
      "DEFAULT,NONE",
      "default sets dnsPolicy of the client pods to Default, and none to None",
    ],
    [
      "a cache on nodes that pods would not ask",
      dnsStorm,
      "node-local-cache,DEFAULT",
      "node-local-cache sets the DNS that client pods ask to 169.254.20.10, and default to that of dnsPolicy Default",
    ],
    [
      "one part of the Corefile",
      dnsStorm,
      "cache,CACHE",
      "cache-prefetch-stale sets cache in the Corefile to cache 300 { prefetch; serve_stale 1h }, and cache to cache 60",
    ],
    [
      "one field of a patch",
      rollingUpdate,
      "recommended,grace-period-1",
      "grace-period-45 sets spec.terminationGracePeriodSeconds of the web pods to 45, and grace-period-1 to 1",
    ],
    [
      "two hooks, of which a container has one",
      rollingUpdate,
      "article,native-sleep",
      "prestop-exec-sleep-10 sets what spec.containers[web].lifecycle.preStop of the web pods does to exec, and prestop-native-sleep-10 to sleep",
    ],
  ])("%s", async (_, suite, arm, sentence) => {
    using made = folders();
    const typed = arm
      .replace("PORTS", made.tuning("ports", podSysctlYaml("net.ipv4.ip_local_port_range", "2048 65535")))
      .replace("NDOTS", made.tuning("ndots", dnsYaml("{ name: ndots, value: 3 }")))
      .replace("SERVERS", made.tuning("servers", podDnsYaml("dnsConfig: { nameservers: [192.0.2.7] }")))
      .replace("OTHERS", made.tuning("others", podDnsYaml("dnsConfig: { nameservers: [192.0.2.8, 192.0.2.9] }")))
      .replace("DEFAULT", made.tuning("default", podDnsYaml("dnsPolicy: Default")))
      .replace("NONE", made.tuning("none", podDnsYaml("dnsPolicy: None\ndnsConfig: { nameservers: [192.0.2.7] }")))
      .replace("CACHE", made.tuning("cache", CACHE));
    await expect(armByName<never>(suite as never, typed, "--baseline")).rejects.toThrow(
      `--baseline: ${sentence}; leave one of them out`,
    );
  });

  test("two of one name that are not the same", async () => {
    using made = folders();
    const folder = made.tuning("pod-port-range", podSysctlYaml("net.ipv4.ip_local_port_range", "1024 65535"));
    await expect(armByName(connectionFlood, `pod-port-range,${folder}`, "--tuned")).rejects.toThrow(
      `--tuned: one of the catalogue and ${folder} are both called pod-port-range; give one of them another name`,
    );
  });
});

const CACHE = `title: Mine
kind: dns-component
scope: component
corefile:
  cache:
    ttlSeconds: 60
actsIn: cluster-dns
note: what it does
source: a document
`;

describe("two that set one thing", () => {
  test("to one value go together", async () => {
    using made = folders();
    const ports = made.tuning("ports", podSysctlYaml("net.ipv4.ip_local_port_range", "1024   65535"));
    expect(names(await tuningsOf(connectionFlood, `pod-port-range,${ports}`))).toEqual(["pod-port-range", "ports"]);
  });

  test("in different scopes go together", async () => {
    using made = folders();
    const onNodes = made.tuning("on-nodes", nodeSysctlYaml("net.ipv4.ip_local_port_range", "2048 65535"));
    expect(names(await tuningsOf(connectionFlood, `pod-port-range,${onNodes}`))).toHaveLength(2);
  });

  test("the same folder twice counts once", async () => {
    using made = folders();
    const folder = made.tuning("mine", nodeSysctlYaml("net.ipv4.tcp_fin_timeout", 15));
    expect(names(await tuningsOf(connectionFlood, `${folder},${folder}/`))).toEqual(["mine"]);
  });
});

describe("a suite refuses", () => {
  test("a tuning that it can't stage, by name, with what it can", async () => {
    await expect(armByName(dnsStorm, "ndots2,fin-timeout-15", "--tuned")).rejects.toThrow(
      /^--tuned: dns-storm can't stage fin-timeout-15, which is of kind node-sysctl; it stages pod-dns-config, lookup-names, dns-component, node-dns: attempts-2, autopath, /,
    );
  });

  test("what is neither arm nor tuning, and says what else there is", async () => {
    await expect(armByName(dnsStorm, "ndots2,ndot-2", "--tuned")).rejects.toThrow(
      /^--tuned: dns-storm has no arm "ndot-2"; choose one of baseline, .*, a tuning \(packetwalk tunings lists them\), or a folder with one$/,
    );
  });

  test.each(["", ",", "ndots2,", " , ndots2"])("an empty name: %j", async (arm) => {
    await expect(armByName(dnsStorm, arm, "--tuned")).rejects.toThrow(
      /^--tuned: ".*" has an empty name; give arms, tunings/,
    );
  });
});
