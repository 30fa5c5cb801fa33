import type { V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { follow } from "../../../runner/cluster/follow.ts";
import { servedApi } from "../../support/served-api.ts";

/** @param watches what a watch is answered with */
async function api(watches: { readonly status: number; readonly lines?: readonly object[] }) {
  const served = await servedApi((request, response) => {
    if (!request.url?.includes("watch=true")) return response.end("{}");
    response.writeHead(watches.status, { "content-type": "application/json" });
    for (const line of watches.lines ?? []) response.write(`${JSON.stringify(line)}\n`);
    // One that is taken stays open.
    return watches.status === 200 ? undefined : response.end("{}");
  });
  return {
    cluster: { kubeconfig: served.kubeconfig } as Cluster,
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

const pod = (name: string): V1Pod => ({ metadata: { name, namespace: "shop", resourceVersion: name } });
const listed = async () => ({ metadata: { resourceVersion: "1" }, items: [pod("1")] });

test("what is there is told at once, and what comes and goes as it does", async () => {
  await using there = await api({
    status: 200,
    lines: [
      { type: "ADDED", object: pod("2") },
      { type: "DELETED", object: pod("1") },
    ],
  });
  const told: string[] = [];
  const following = await follow<V1Pod>(there.cluster, "/api/v1/namespaces/shop/pods", "app=web", listed, {
    present: ({ metadata }) => told.push(`+${metadata?.name}`),
    gone: ({ metadata }) => told.push(`-${metadata?.name}`),
    interrupted: () => told.push("cut"),
  });
  expect(told[0]).toBe("+1");
  await expect.poll(() => told).toEqual(["+1", "+2", "-1"]);
  following.stop();
  expect(told).toHaveLength(3);
});

test("who may list and not watch is told, at the end, that he saw nothing from the start on", async () => {
  await using there = await api({ status: 403 });
  const cuts: number[] = [];
  const beganAtMs = Date.now();
  const following = await follow<V1Pod>(there.cluster, "/api/v1/namespaces/shop/pods", "app=web", listed, {
    present: () => undefined,
    gone: () => undefined,
    interrupted: (fromMs, untilMs) => cuts.push(untilMs - fromMs),
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(cuts).toEqual([]);
  following.stop();
  following.stop();
  expect(cuts).toHaveLength(1);
  expect(cuts[0]).toBeGreaterThanOrEqual(400);
  expect(cuts[0]).toBeLessThanOrEqual(Date.now() - beganAtMs);
});
