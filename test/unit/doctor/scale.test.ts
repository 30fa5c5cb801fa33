/** Judging is no slower than reading: 500 workloads behind as many Services in one namespace, and 10,000 pods. */
import { expect, test } from "vitest";
import { examine } from "../../../runner/doctor/examine.ts";
import type { ClusterState } from "../../../runner/doctor/state.ts";
import { endpoints, node, pod, service, template, web, wellConfigured } from "./well-configured.ts";

const WORKLOADS = 500;
const PODS_EACH = 20;
const NODES = 100;

test("a large cluster is judged within seconds", () => {
  const each = Array.from({ length: WORKLOADS }, (_, index) => ({ app: `web-${index}`, tier: "front" }));
  const parts = {
    ...wellConfigured(),
    nodes: Array.from({ length: NODES }, (_, index) => node(`node-${index}`)),
    workloads: each.map((labels) => web({ name: labels.app, pod: template({ labels }) })),
    services: each.map((selector) => service({ name: selector.app, selector })),
    endpoints: each.map(({ app }) => endpoints({ name: app })),
    pods: each.flatMap((labels, index) =>
      Array.from({ length: PODS_EACH }, (_, nth) =>
        pod(`${labels.app}-${nth}`, `node-${(index + nth) % NODES}`, { labels }),
      ),
    ),
  };
  const state = Object.fromEntries(
    Object.entries(parts).map(([part, seen]) => [part, { seen }]),
  ) as unknown as ClusterState;
  const began = performance.now();
  const { findings } = examine(state, { rate: 2600, kubectl: [] });
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(findings.filter(({ check }) => check === "no-budget")).toHaveLength(WORKLOADS);
});
