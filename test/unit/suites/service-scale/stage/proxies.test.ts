import { expect, test } from "vitest";
import { type NodeCost, proxyCosts } from "../../../../../suites/service-scale/stage/proxies.ts";

const SYNC = "kubeproxy_sync_proxy_rules_duration_seconds";
const metrics = (count: number, sum: number) =>
  ["IPv4", "IPv6"]
    .map((family) => `${SYNC}_sum{ip_family="${family}"} ${sum}\n${SYNC}_count{ip_family="${family}"} ${count}`)
    .join("\n");

function cost(more: Partial<NodeCost["cost"]>): NodeCost[] {
  const read = { softirqMs: 1, atUnixMs: 1, ipvsServices: null, legacyTables: null };
  const process = { rssBytes: 5_000, cpuMs: 100 };
  return [{ node: "node-1", cost: { ...read, process, metrics: metrics(10, 1), ...more } }];
}

test("a sync's mean is of those between two readings, of the Services' own family", () => {
  const after = cost({ process: { rssBytes: 6_000, cpuMs: 180 }, metrics: metrics(14, 3) });
  expect(proxyCosts(cost({}), after, 4)).toEqual([
    { node: "node-1", rssBytes: 6_000, cpuMsPerChange: 20, syncMs: 500, syncs: 4, unread: [] },
  ]);
});

test("what could not be read is null with its reason, and never zero", () => {
  const after = cost({ process: null, noProcess: "no process", metrics: null, noMetrics: "refused" });
  expect(proxyCosts(cost({}), after, 4)).toEqual([
    ...[
      {
        node: "node-1",
        rssBytes: null,
        cpuMsPerChange: null,
        syncMs: null,
        syncs: null,
        unread: ["no process", "refused"],
      },
    ],
  ]);
});

test("a kube-proxy that was started anew, or has no such metric, is no kube-proxy without syncs", () => {
  const anew = cost({ process: { rssBytes: 6_000, cpuMs: 10 }, metrics: metrics(2, 0.1) });
  expect(proxyCosts(cost({}), anew, 4)[0]).toMatchObject({ cpuMsPerChange: null, syncMs: null, syncs: null });
  expect(proxyCosts(cost({ metrics: "other 1" }), cost({ metrics: "other 2" }), 4)[0]?.syncs).toBeNull();
  expect(proxyCosts(cost({}), cost({}), 4)[0]).toMatchObject({ syncMs: null, syncs: 0, cpuMsPerChange: 0 });
});
