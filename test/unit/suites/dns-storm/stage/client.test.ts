import { describe, expect, test } from "vitest";
import {
  clusterFirst,
  dnsConfigPatch,
  podDns,
  resolverWith,
} from "../../../../../suites/dns-storm/stage/dns/client.ts";

test("a pod asks one server only, with the cluster's usual search list", () => {
  expect(podDns("10.96.0.53", clusterFirst("packetwalk"))).toEqual({
    dnsPolicy: "None",
    dnsConfig: {
      nameservers: ["10.96.0.53"],
      searches: ["packetwalk.svc.cluster.local", "svc.cluster.local", "cluster.local"],
      options: [{ name: "ndots", value: "5" }],
    },
  });
});

test("options are written as they stand in resolv.conf", () => {
  const options = ["single-request-reopen", "timeout:1"];
  expect(podDns("10.96.0.53", { ...clusterFirst("packetwalk"), ndots: 2, options }).dnsConfig?.options).toEqual([
    { name: "ndots", value: "2" },
    { name: "single-request-reopen" },
    { name: "timeout", value: "1" },
  ]);
});

describe("what tunings say of dnsConfig", () => {
  test("is added to what the cluster's policy gives, the cluster's DNS first, as kubelets do", () => {
    const changes = [
      { nameservers: ["192.0.2.7"], searches: ["corp.test"] },
      { ndots: 2, options: ["use-vc"], searches: ["svc.cluster.local"] },
    ];
    expect(podDns("10.96.0.53", resolverWith("packetwalk", changes))).toEqual({
      dnsPolicy: "None",
      dnsConfig: {
        nameservers: ["10.96.0.53", "192.0.2.7"],
        searches: ["packetwalk.svc.cluster.local", "svc.cluster.local", "cluster.local", "corp.test"],
        options: [{ name: "ndots", value: "2" }, { name: "use-vc" }],
      },
    });
  });

  test("stands alone with policy None, and is added to the node's with Default", () => {
    const change = { nameservers: ["192.0.2.7"], searches: ["corp.test"] };
    const dnsConfig = { nameservers: ["192.0.2.7"], searches: ["corp.test"], options: [] };
    // The policy holds for what was said before it as well.
    for (const policy of ["None", "Default"] as const)
      expect(podDns("10.96.0.53", resolverWith("packetwalk", [change, { policy }]))).toEqual({
        dnsPolicy: policy,
        dnsConfig,
      });
  });

  test("leaves out what is beyond three nameservers, as kubelets do", () => {
    const nameservers = ["192.0.2.1", "192.0.2.2", "192.0.2.3"];
    const { dnsConfig } = podDns("10.96.0.53", resolverWith("packetwalk", [{ nameservers }]));
    expect(dnsConfig?.nameservers).toEqual(["10.96.0.53", "192.0.2.1", "192.0.2.2"]);
  });

  test("goes to a user's Deployment as it was written", () => {
    expect(dnsConfigPatch({ ndots: 2 })).toEqual({
      spec: { template: { spec: { dnsConfig: { options: [{ name: "ndots", value: "2" }] } } } },
    });
    expect(dnsConfigPatch({ policy: "Default" })).toEqual({ spec: { template: { spec: { dnsPolicy: "Default" } } } });
    expect(dnsConfigPatch({ policy: "None", nameservers: ["192.0.2.7"], searches: ["corp.test"] })).toEqual({
      spec: {
        template: {
          spec: { dnsPolicy: "None", dnsConfig: { nameservers: ["192.0.2.7"], searches: ["corp.test"] } },
        },
      },
    });
  });
});
