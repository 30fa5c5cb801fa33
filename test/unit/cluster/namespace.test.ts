import { hostname } from "node:os";
import { KubeConfig, type V1Namespace } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { openCluster } from "../../../runner/cluster/cluster.ts";
import { createNamespace, deleteNamespace } from "../../../runner/cluster/namespace.ts";
import { answering, api, refusal } from "./servers/api.ts";

const OURS = { "app.kubernetes.io/managed-by": "packetwalk" };
const heldBy = (run: string): V1Namespace => ({
  metadata: {
    name: "packetwalk",
    labels: OURS,
    annotations: {
      "packetwalk.dev/run": run,
      "packetwalk.dev/host": "laptop",
      "packetwalk.dev/process": "4711",
      "packetwalk.dev/since": "2026-11-27T05:00:00.000Z",
    },
  },
});

interface Simulated {
  readonly there?: V1Namespace;
  /** Somebody else's, which comes into being between a look at it and its making. */
  readonly overtaken?: V1Namespace;
  /** How many times a namespace is seen after it was deleted. */
  readonly endsSlowly?: number;
}

/** An API with a namespace, or none. */
async function simulated({ there, overtaken, endsSlowly = 0 }: Simulated) {
  const asked: string[] = [];
  let namespace = there;
  let seenEnding = 0;
  const server = await api({
    answer: answering(({ method, path, body }) => {
      if (path === "/api/v1/nodes") return { status: 200, body: { items: [] } };
      if (method !== "GET") asked.push(`${method} ${path}`);
      if (path === "/api/v1/namespaces" && method === "POST") {
        namespace = overtaken ?? (body as V1Namespace);
        return overtaken ? refusal(409, "already exists") : { status: 201, body };
      }
      if (path === "/api/v1/namespaces/packetwalk") {
        if (namespace?.metadata?.deletionTimestamp && ++seenEnding > endsSlowly) namespace = undefined;
        const found = namespace;
        if (method === "DELETE" && namespace) {
          namespace = { ...namespace, metadata: { ...namespace.metadata, deletionTimestamp: new Date() } };
        }
        return found ? { status: 200, body: found } : refusal(404, "not found");
      }
      // Whoever may not make policies goes without.
      return refusal(403, "forbidden");
    }),
  });
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser({ name: "simulated", server: server.url, skipTLSVerify: true }, { name: "nobody" });
  return { server, cluster: await openCluster(kubeconfig), asked, namespace: () => namespace };
}

describe("a namespace of ours", () => {
  test("says whose it is", async () => {
    const { server, cluster, namespace } = await simulated({});
    await using _ = server;
    await createNamespace(cluster, "run-1").catch(() => undefined);
    expect(namespace()?.metadata).toMatchObject({
      name: "packetwalk",
      labels: OURS,
      annotations: {
        "packetwalk.dev/run": "run-1",
        "packetwalk.dev/host": hostname(),
        "packetwalk.dev/process": String(process.pid),
      },
    });
  });

  test("is not taken over, and who has it is named", async () => {
    const { server, cluster, asked } = await simulated({ there: heldBy("run-0") });
    await using _ = server;
    let journalled = false;
    const creating = createNamespace(cluster, "run-1", () => {
      journalled = true;
    });
    await expect(creating).rejects.toThrow(
      "namespace packetwalk is in use by another run or left by an interrupted one (of process 4711 on laptop, since 2026-11-27T05:00:00.000Z); let it finish, or run packetwalk restore",
    );
    expect([journalled, asked]).toEqual([false, []]);
  });

  test("is one run's, though two come at the same time", async () => {
    const { server, cluster, namespace } = await simulated({ overtaken: heldBy("run-0") });
    await using _ = server;
    await expect(createNamespace(cluster, "run-1")).rejects.toThrow(/is in use by another run .*on laptop/);
    // What the journal has of it then takes nothing of the other one away.
    await deleteNamespace(cluster, "run-1");
    expect(namespace()).toEqual(heldBy("run-0"));
  });
});

describe("deleting", () => {
  test.each<[string, V1Namespace, boolean]>([
    ["this run's", heldBy("run-1"), true],
    ["another run's", heldBy("run-0"), false],
    [
      "one of an older version, which does not say whose it is",
      { metadata: { name: "packetwalk", labels: OURS } },
      true,
    ],
    ["somebody else's", { metadata: { name: "packetwalk" } }, false],
  ])("%s", async (_whose, there, isDeleted) => {
    const { server, cluster, namespace } = await simulated({ there });
    await using _ = server;
    await deleteNamespace(cluster, "run-1");
    expect(namespace() === undefined).toBe(isDeleted);
  });

  test("is waited for, but not by whoever was told to stop; and the next run waits then", async () => {
    const { server, cluster, namespace } = await simulated({ there: heldBy("run-1"), endsSlowly: 3 });
    await using _ = server;
    await deleteNamespace(cluster, "run-1", () => true);
    expect(namespace()?.metadata?.deletionTimestamp).toBeDefined();
    await createNamespace(cluster, "run-2");
    expect(namespace()?.metadata?.annotations?.["packetwalk.dev/run"]).toBe("run-2");
  });
});
