import { KubeConfig } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { type Cluster, openCluster } from "../../../runner/cluster/cluster.ts";
import { holderWords, holdLease, isRenewed, readLease } from "../../../runner/cluster/lease.ts";
import { answering, api, refusal } from "./servers/api.ts";

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/packetwalk/leases";

function leaseOf(holder: string, renewTime: string) {
  const spec = { holderIdentity: holder, acquireTime: "2026-11-27T05:00:00.000000Z", renewTime };
  return { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: "packetwalk" }, spec };
}

/** An API that answers to a Lease's creation as it is told, and gives each Lease in turn to those who look, the last again. */
async function simulated(created: number, looks: readonly object[]) {
  const made: unknown[] = [];
  let look = 0;
  const server = await api({
    answer: answering(({ method, path, body }) => {
      if (path === "/api/v1/nodes") return { status: 200, body: { items: [] } };
      if (path === LEASES && method === "POST") {
        made.push(body);
        return created === 201 ? { status: 201, body } : refusal(created, "no");
      }
      const found = looks[Math.min(look++, looks.length - 1)];
      return path === `${LEASES}/packetwalk` && found ? { status: 200, body: found } : refusal(404, "not found");
    }),
  });
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser({ name: "simulated", server: server.url, skipTLSVerify: true }, { name: "nobody" });
  return { server, made, cluster: await openCluster(kubeconfig) };
}

function hold(cluster: Cluster) {
  const over = new AbortController();
  const holding = holdLease(cluster, { until: over.signal, onLost: () => expect.unreachable() });
  return holding.finally(() => over.abort());
}

test("a runner takes the namespace's Lease, and says who it is", async () => {
  const { server, cluster, made } = await simulated(201, []);
  await using _ = server;
  expect(await hold(cluster)).toBe(true);
  expect(made).toMatchObject([
    {
      metadata: { name: "packetwalk", labels: { "app.kubernetes.io/managed-by": "packetwalk" } },
      spec: { holderIdentity: expect.stringMatching(new RegExp(`^process ${process.pid} on .+, since 20`)) },
    },
  ]);
});

test("a second one is refused, with who has it", async () => {
  const { server, cluster } = await simulated(409, [leaseOf("process 7 on laptop", new Date().toISOString())]);
  await using _ = server;
  await expect(hold(cluster)).rejects.toThrow(
    /^namespace packetwalk is in use by process 7 on laptop; let it finish, or run packetwalk restore$/,
  );
});

test("where Leases are not to be had, nobody can tell whether this runner lives", async () => {
  const { server, cluster } = await simulated(403, []);
  await using _ = server;
  expect(await hold(cluster)).toBe(false);
});

test("one that nobody has renewed for long is said to be silent", () => {
  const lease = { spec: { holderIdentity: "process 7 on laptop", renewTime: new Date(Date.now() - 600_000) } };
  expect(holderWords(lease as unknown as Parameters<typeof holderWords>[0])).toMatch(
    /^process 7 on laptop, not heard of for 60\d s$/,
  );
});

test("a runner lives whose Lease is renewed, however wrong its clock is", async () => {
  const old = leaseOf("x", "2020-01-01T00:00:00.000000Z");
  const { server, cluster } = await simulated(201, [old, old, leaseOf("x", "2020-01-01T00:00:15.000000Z")]);
  await using _ = server;
  const seen = await readLease(cluster);
  expect(seen && (await isRenewed(cluster, seen))).toBe(true);
});
