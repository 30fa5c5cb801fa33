import { KubeConfig } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { openCluster } from "../../../../../runner/cluster/cluster.ts";
import { refusalWords } from "../../../../../runner/preflight/beyond.ts";
import { ROLLOUT_NEEDS } from "../../../../../suites/rolling-update/needs.ts";
import { reachOfClasses } from "../../../../../suites/rolling-update/stage/paths/class-reach.ts";
import type { InstalledClass } from "../../../../../suites/rolling-update/stage/paths/classes.ts";
import { answering, api } from "../../../cluster/servers/api.ts";

const ALB: InstalledClass = { kind: "ingress", name: "alb", controller: "ingress.k8s.aws/alb" };
const GKE: InstalledClass = { kind: "gateway", name: "alb", controller: "networking.gke.io/gateway" };
const TRAEFIK: InstalledClass = { kind: "ingress", name: "traefik", controller: "traefik.io/ingress-controller" };
const INSTALLED = [ALB, TRAEFIK, GKE];

test("a named class that would order a load balancer is told, with what to do", () => {
  const [reach, ...more] = reachOfClasses(INSTALLED, ["nginx", "ingress-traefik", "ingress-alb"]);
  expect(more).toEqual([]);
  expect(reach && refusalWords(reach, "staging")).toBe(
    '--paths ingress-alb has ingress.k8s.aws/alb order a load balancer in context "staging" (with an address of its own, at its owner\'s cost); add --allow-node-changes if you own that cluster, or leave ingress-alb out',
  );
  expect(reachOfClasses(INSTALLED, ["gateway-alb", "ingress-alb"]).map(({ by }) => by)).toEqual([
    "--paths ingress-alb",
    "--paths gateway-alb",
  ]);
});

test("one that is not named, or orders nothing, is not", () => {
  expect(reachOfClasses(INSTALLED, ["nginx", "ingress-traefik"])).toEqual([]);
});

test("the cluster is asked for its classes only where one is named", async () => {
  await using server = await api({
    answer: answering(({ path }) => {
      const isIngress = path.endsWith("/ingressclasses");
      const items = isIngress ? [{ metadata: { name: "alb" }, spec: { controller: ALB.controller } }] : [];
      return { status: 200, body: { items } };
    }),
  });
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser({ name: "simulated", server: server.url, skipTLSVerify: true }, { name: "x" });
  const cluster = await openCluster(kubeconfig);
  const before = server.asked.length;
  expect(await ROLLOUT_NEEDS.reaches?.(cluster, {})).toEqual([]);
  expect(await ROLLOUT_NEEDS.reaches?.(cluster, { paths: ["nginx", "envoy-sidecar"] })).toEqual([]);
  expect(server.asked).toHaveLength(before);
  expect(await ROLLOUT_NEEDS.reaches?.(cluster, { paths: ["ingress-alb"] })).toHaveLength(1);
});
