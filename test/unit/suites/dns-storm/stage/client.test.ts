import { expect, test } from "vitest";
import { clusterFirst, podDns } from "../../../../../suites/dns-storm/stage/dns/client.ts";

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
