/** Pure: from what was read, whether a tuning can be applied, where, and by whose word not. */
import { isAllowed, isAlwaysSafe, safetyOf } from "../../analysis/kubernetes/safe-sysctls.ts";
import { minorOf } from "../../analysis/kubernetes/versions.ts";
import { pastConntrack } from "../../cluster/platform.ts";
import type { Ask } from "../../tunings/asks.ts";
import type { Admission } from "../admission.ts";
import { type HereFacts, madeKey, type NodeHere } from "./facts.ts";

type State = "can" | "cannot" | "unknown";

/** What stands in the way, or why it is not known whether something does. */
export interface Because {
  /** Whose word it is, e.g. "PodSecurity restricted:latest", "kubelet". */
  readonly by: string;
  /** In those words, as far as they have any. */
  readonly says: string;
  /** Where; null: wherever it would be. */
  readonly nodes: readonly string[] | null;
}

export interface Judged {
  /** Partly: on some nodes for certain. */
  readonly state: State | "partly";
  readonly because: readonly Because[];
  /** Null: it is not told by nodes. */
  readonly nodes: Readonly<Record<State, readonly string[]>> | null;
  /** What else there is to know of it here. */
  readonly remarks: readonly string[];
}

/** Of one ask, everywhere or on one node. */
interface Finding {
  readonly state: State;
  readonly by: string;
  readonly says: string;
}

const FINE: Finding = { state: "can", by: "", says: "" };

export function judge(asks: readonly Ask[], facts: HereFacts): Judged {
  const everywhere = asks.map((ask) => ({ ...anywhere(ask, facts), nodes: null }));
  const remarks = asks.flatMap((ask) => remarksOf(ask, facts));
  const settled = worst(everywhere);
  const { nodes, leftOut } = facts;
  if (settled === "cannot" || nodes === null) {
    const all =
      nodes === null ? [...everywhere, ...asks.map((ask) => ({ ...unlisted(ask), nodes: null }))] : everywhere;
    const state = worst(all);
    return {
      state,
      because: all.filter((each) => each.state !== "can" && each.state === state).map(plain),
      nodes: null,
      remarks,
    };
  }
  if (nodes.length === 0) {
    const says = leftOut.length === 0 ? "there is none" : `no node takes pods of ours (${leftOut.join("; ")})`;
    return { state: "cannot", because: [{ by: "nodes", says, nodes: null }], nodes: null, remarks };
  }
  const asked = nodes.filter(({ name }) => asks.every((ask) => isJudged(ask, name, facts)));
  const found = asked.map((node) => {
    const findings = asks.map((ask) => onNode(ask, node, facts));
    return { node: node.name, findings, state: worst([...everywhere, ...findings]) };
  });
  const named = (state: State) => found.filter((each) => each.state === state).map(({ node }) => node);
  const byState = { can: named("can"), cannot: named("cannot"), unknown: named("unknown") };
  const because = [
    ...everywhere.filter(({ state }) => state !== "can").map(plain),
    ...grouped(found.flatMap(({ node, findings }) => findings.filter(isBad).map((finding) => ({ ...finding, node })))),
  ];
  const unasked = nodes.length - asked.length;
  return {
    state: stateOf(byState),
    because,
    nodes: byState,
    remarks: [...remarks, ...(unasked === 0 ? [] : [`${unasked} of ${nodes.length} nodes were not asked`])],
  };
}

function stateOf({ can, cannot, unknown }: Readonly<Record<State, readonly string[]>>): Judged["state"] {
  if (cannot.length + unknown.length === 0) return "can";
  if (can.length > 0) return "partly";
  return unknown.length > 0 ? "unknown" : "cannot";
}

function worst(findings: readonly { readonly state: State }[]): State {
  const has = (state: State) => findings.some((each) => each.state === state);
  return has("cannot") ? "cannot" : has("unknown") ? "unknown" : "can";
}

function plain({ by, says, nodes }: Finding & Pick<Because, "nodes">): Because {
  return { by, says, nodes };
}

function isBad({ state }: Finding): boolean {
  return state !== "can";
}

/** What is the same of several nodes is said once. */
function grouped(findings: ReadonlyArray<Finding & { readonly node: string }>): Because[] {
  const bySentence = new Map<string, { by: string; says: string; nodes: string[] }>();
  for (const { by, says, node } of findings) {
    const key = `${by}\n${says}`;
    const there = bySentence.get(key) ?? { by, says, nodes: [] };
    bySentence.set(key, { ...there, nodes: [...there.nodes, node] });
  }
  return [...bySentence.values()];
}

/** What is said of the cluster as a whole. */
function anywhere(ask: Ask, { agents, admissions, server, onNodes, firstFamily }: HereFacts): Finding {
  switch (ask.kind) {
    case "agents":
      return ofAdmission(agents, "privileged agents: ");
    case "admission": {
      const admission = admissions.get(madeKey(ask.made));
      return admission ? ofAdmission(admission, "") : { state: "unknown", by: "admission", says: "it was not asked" };
    }
    case "feature":
      return server === null
        ? {
            state: "unknown",
            by: "API server",
            says: `its version can't be read, and ${ask.feature} takes 1.${ask.beta}`,
          }
        : ofVersion(ask, server, `API server ${server}`);
    case "free-address": {
      if ("unseen" in onNodes)
        return {
          state: "unknown",
          by: "authorization",
          says: `whether something on the nodes has ${ask.address} is not seen: ${onNodes.unseen}`,
        };
      const owner = onNodes.find(({ args }) => args.some((arg) => arg.split(/[\s,=]+/).includes(ask.address)));
      return owner ? { state: "cannot", by: owner.made, says: `it has ${ask.address} on nodes already` } : FINE;
    }
    case "ipv4":
      return firstFamily === "ipv6"
        ? {
            state: "cannot",
            by: "nodes",
            says: "pods and Services have IPv6 addresses first, and it has an IPv4 one",
          }
        : FINE;
    case "pod-sysctl":
    case "conntrack":
      return FINE;
  }
}

function onNode(ask: Ask, node: NodeHere, facts: HereFacts): Finding {
  switch (ask.kind) {
    case "feature":
      return ofVersion(ask, node.kubelet, `kubelet ${node.kubelet}`);
    case "pod-sysctl":
      return ofKubelet(ask.key, node, facts);
    case "agents":
    case "admission":
    case "free-address":
    case "ipv4":
    case "conntrack":
      return FINE;
  }
}

/** Where nodes can't be listed: what hangs on each of them. */
function unlisted(ask: Ask): Finding {
  const says = "nodes can't be listed, and it hangs on the versions and settings of each";
  const hangs = ask.kind === "feature" || (ask.kind === "pod-sysctl" && !isAlwaysSafe(ask.key));
  return hangs ? { state: "unknown", by: "authorization", says } : FINE;
}

/** Only so many kubelets are asked; the others are told as not asked. */
function isJudged(ask: Ask, node: string, { kubelets, nodes }: HereFacts): boolean {
  if (ask.kind !== "pod-sysctl" || kubelets.size === 0) return true;
  const at = nodes?.find(({ name }) => name === node);
  return kubelets.has(node) || (at !== undefined && safetyOf(ask.key, at).is === "safe");
}

function ofKubelet(key: string, node: NodeHere, { kubelets, kubeletsUnasked }: HereFacts): Finding {
  const safety = safetyOf(key, node);
  if (safety.is === "safe") return FINE;
  const kubelet = kubelets.get(node.name);
  if (!kubelet || "unread" in kubelet) {
    const because = kubelet?.unread ?? kubeletsUnasked ?? "it was not asked";
    return {
      state: "unknown",
      by: "kubelet",
      says: `${safety.because}; whether it is allowed is not seen: ${because}`,
    };
  }
  const { allowedUnsafeSysctls: allowed } = kubelet;
  if (isAllowed(key, allowed)) return FINE;
  if (safety.is === "unknown") return { state: "unknown", by: "kubelet", says: safety.because };
  const allows =
    allowed.length === 0 ? "allows no unsafe sysctls" : `allows no unsafe sysctls but ${allowed.join(", ")}`;
  return { state: "cannot", by: "kubelet", says: `${allows}, and ${safety.because}` };
}

function ofVersion({ feature, alpha, beta }: Extract<Ask, { kind: "feature" }>, version: string, by: string): Finding {
  const minor = minorOf(version);
  if (minor === null) return { state: "unknown", by, says: `this version does not say whether it has ${feature}` };
  if (minor >= beta) return FINE;
  if (minor < alpha) return { state: "cannot", by, says: `Kubernetes 1.${minor} has no ${feature}` };
  return { state: "unknown", by, says: `Kubernetes 1.${minor} has ${feature} behind a feature gate alone` };
}

function ofAdmission(admission: Admission, before: string): Finding {
  if (admission.state === "accepted") return FINE;
  const { says } = admission;
  return { state: admission.state === "refused" ? "cannot" : "unknown", by: whoseWord(says), says: `${before}${says}` };
}

/** Who speaks in an answer of the API, as far as it names itself. */
export function whoseWord(says: string): string {
  const level = /violates PodSecurity "([^"]+)"/.exec(says)?.[1];
  if (level !== undefined) return `PodSecurity ${level}`;
  const webhook = /admission webhook "([^"]+)" denied/.exec(says)?.[1];
  if (webhook !== undefined) return `admission webhook ${webhook}`;
  const policy = /ValidatingAdmissionPolicy '([^']+)'/.exec(says)?.[1];
  if (policy !== undefined) return `ValidatingAdmissionPolicy ${policy}`;
  if (/exceeded quota|failed quota/.test(says)) return "quota";
  if (/security context constraint/.test(says)) return "SecurityContextConstraints";
  if (/you may not | cannot (create|get|list) resource /.test(says)) return "authorization";
  return /unknown field|is invalid/.test(says) ? "API server" : "admission";
}

function remarksOf(ask: Ask, { proxyMode }: HereFacts): string[] {
  const past = pastConntrack(proxyMode);
  if (ask.kind !== "conntrack" || past === undefined) return [];
  return [`it does nothing here: ${past} leads Services to pods, past the kernel's connection tracking`];
}
