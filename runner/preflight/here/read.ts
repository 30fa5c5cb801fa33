import { safetyOf } from "../../analysis/kubernetes/safe-sysctls.ts";
import { leftOutLines } from "../../analysis/unfit-words.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Ask } from "../../tunings/asks.ts";
import { type Review, reviewAccess } from "../access.ts";
import type { Admission } from "../admission.ts";
import { tryingIn } from "../dry-run.ts";
import { firstFamily } from "../first-family.ts";
import { type AccessNeed, inNamespace } from "../needs.ts";
import type { Ground } from "../read.ts";
import { notAllowed, tryAdmissions } from "./admissions.ts";
import type { HereFacts, NodeHere } from "./facts.ts";
import { readKubelets } from "./kubelets.ts";
import { readOnNodes } from "./on-nodes.ts";

/** What it takes to ask, beside the ground. */
const ACCESS: readonly AccessNeed[] = [
  inNamespace("", "pods", "create"),
  inNamespace("", "pods/exec", "create"),
  inNamespace("apps", "deployments", "create"),
  { verbs: ["get"], group: "", resource: "nodes/proxy", where: "cluster" },
];

/** Reads, for all tunings together, what their asks hang on, and tries what is made with them without making it. */
export async function readHere(
  cluster: Cluster,
  ground: Ground,
  asks: readonly Ask[],
  image: string,
): Promise<HereFacts> {
  const there = ground.namespace === "ours" || cluster.lent !== undefined;
  const nodes = ground.listed && nodesHere(ground);
  const reviews = await reviewAccess(cluster, ACCESS);
  const [pods, exec, deployments, proxy] = ["pods", "pods/exec", "deployments.apps", "nodes/proxy"].map((resource) =>
    reviews.find((each) => each.resource === resource),
  );
  const uncertain = (nodes ?? []).filter((node) => asks.some((ask) => isUncertain(ask, node)));
  const mayAsk = proxy?.allowed === true;
  const [admissions, kubelets, onNodes] = await Promise.all([
    tryAdmissions(
      cluster,
      asks.flatMap((ask) => (ask.kind === "admission" ? [ask.made] : [])),
      { namespace: tryingIn(cluster, there), there, image },
      { pods, deployments },
    ),
    readKubelets(cluster, mayAsk ? uncertain.map(({ name }) => name) : []),
    asks.some(({ kind }) => kind === "free-address") ? readOnNodes(cluster) : [],
  ]);
  return {
    server: ground.target?.kubernetes ?? null,
    nodes,
    leftOut: leftOutLines((ground.nodes?.unfit ?? []).filter(({ because }) => because.kind !== "not-needed")),
    agents: agentsBy(ground.admissions.agent, exec),
    admissions,
    kubelets,
    kubeletsUnasked: mayAsk || !proxy ? null : notAllowed(proxy),
    proxyMode: ground.proxyMode,
    firstFamily: firstFamily(ground.nodes?.fit ?? []),
    onNodes,
  };
}

/** All that take pods of ours, those first that a run would use. */
function nodesHere({ listed, nodes }: Ground): NodeHere[] {
  const able = [
    ...(nodes?.fit ?? []).map(({ metadata }) => metadata?.name ?? ""),
    ...(nodes?.unfit ?? []).filter(({ because }) => because.kind === "not-needed").map(({ name }) => name),
  ];
  const byName = new Map((listed ?? []).map((node) => [node.metadata?.name ?? "", node]));
  return able.map((name) => {
    const info = byName.get(name)?.status?.nodeInfo;
    return { name, kubelet: info?.kubeletVersion ?? "unknown", kernel: info?.kernelVersion ?? "unknown" };
  });
}

/** Whether it hangs on the kubelet's own settings. */
function isUncertain(ask: Ask, node: NodeHere): boolean {
  return ask.kind === "pod-sysctl" && safetyOf(ask.key, node).is !== "safe";
}

/** An agent's work comes by exec. */
function agentsBy(admission: Admission, exec: Review | undefined): Admission {
  if (admission.state !== "accepted" || !exec || exec.allowed) return admission;
  return { state: "unknown", says: notAllowed(exec) };
}
