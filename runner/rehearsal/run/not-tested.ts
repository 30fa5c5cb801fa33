/** What a rehearsal did not test, for whoever decides by it. Pure. */
import type { DnsCapacity } from "../../analysis/rehearsal/capacity.ts";
import { endedIn } from "../../analysis/rehearsal/stage-verdict.ts";
import { sum } from "../../analysis/samples.ts";
import {
  BREAKING_HOPS,
  type BreakingHop,
  type Headroom,
  type RehearsedEvent,
  type RehearsedStage,
} from "../../result/rehearsal.ts";
import type { Plan } from "../plan/plan.ts";
import type { ReadyTarget } from "./ground.ts";
import { notHappened } from "./not-happened.ts";
import { notSeenPods, notSpread } from "./not-seen-pods.ts";
import { sentenceList } from "./words.ts";

interface Around {
  /** That ran. */
  readonly stages: readonly Pick<RehearsedStage, "kind" | "outcomes" | "load" | "pods">[];
  /** What was made to happen. */
  readonly events: readonly RehearsedEvent[];
  /** Whether nodes' counters were read. */
  readonly isSeen: boolean;
  /** How far apart those are that Prometheus has; null: none of the kernels' drops was read there. */
  readonly dropsEveryS: number | null;
  /** What could not be read there: sentences. */
  readonly notRead: readonly string[];
  readonly targets: readonly Pick<ReadyTarget, "aim" | "pods" | "isProxied" | "report">[];
  readonly endedEarly: string | undefined;
  readonly headroom: readonly Pick<Headroom, "hop">[];
  /** Null: no name is looked up. */
  readonly dns: Pick<DnsCapacity, "forwardsNotRead"> | null;
}

const HOP_NAMES: Readonly<Record<BreakingHop, string>> = {
  "client-ports": "ports of the clients",
  "client-conntrack": "connection tables of the clients' nodes",
  dns: "the cluster's DNS",
  "service-dnat": "connection tables of the targets' nodes",
  overlay: "the network between the nodes",
  softnet: "the nodes' CPU for packets",
  "listen-queue": "listen queues",
  "ingress-upstream": "ingress controllers and gateways",
  "terminating-pod": "pods that are going",
  target: "the targets' own programs",
};

export function notTested(plan: Plan, around: Around): string[] {
  const { stages, events, isSeen, dropsEveryS, notRead, targets, endedEarly, headroom, dns } = around;
  const { traffic, search } = plan;
  const requests = targets.filter(({ aim }) => aim.kind === "requests");
  const unseen = requests.filter(({ pods }) => pods.length === 0).map(({ report }) => report.name);
  return [
    ...(endedEarly === undefined ? [] : ["What comes after the stages that ran."]),
    ...(traffic.day.length === 0 ? ["The day's own profile: the plan has none."] : []),
    ...(search.run ? [] : ["The highest rate that is held: the plan has no search."]),
    ...(isSeen ? notSeenPods(stages) : unseenDrops(dropsEveryS)),
    ...notRead,
    ...(unseen.length === 0 ? [] : [`Listen queues of ${unseen.join(", ")}: their pods could not be listed.`]),
    ...withoutRow(headroom),
    ...(dns?.forwardsNotRead ? [`How many queries CoreDNS may forward at once: ${dns.forwardsNotRead}.`] : []),
    ...(plan.load.asClients || requests.length === 0
      ? []
      : [
          `Ports of your own clients: the load has ${plan.load.workers} pods for each target, and when those run out it says nothing of the target (load.asClients).`,
        ]),
    "The way from your users to the cluster: the load comes from pods inside it.",
    ...(requests.some(({ isProxied }) => !isProxied)
      ? [
          "Ingress controllers and load balancers before targets that are Services: the load goes to the Services themselves.",
        ]
      : []),
    ...notHappened(plan.events, events),
    ...notSpread(stages),
    ...targets.flatMap(({ aim }) => (aim.kind === "script" ? ofScript(aim.planned.file, stages) : [])),
    ...traffic.notes.map((note) => (note.endsWith(".") ? note : `${note}.`)),
  ];
}

function unseenDrops(everyS: number | null): string[] {
  if (everyS === null) return ["What the nodes' kernels dropped: no agent could read their counters."];
  return [
    `What the nodes' kernels dropped from second to second: drops were read from Prometheus every ${everyS} s, and guards don't see them.`,
    "Listen queues within pods: no agent could read their counters.",
  ];
}

/** Hops of which nothing tells beforehand what they take. */
function withoutRow(headroom: Around["headroom"]): string[] {
  const without = BREAKING_HOPS.filter((hop) => !headroom.some((row) => row.hop === hop));
  if (without.length === 0) return [];
  const names = sentenceList(without.map((hop) => HOP_NAMES[hop]));
  return [`${names}: how much they have left. No equation or no reading tells it, only whether they broke.`];
}

/** What a k6 script leaves open. */
function ofScript(file: string, stages: Around["stages"]): string[] {
  const iterations = sum(stages.map(({ load }) => load.iterations ?? 0));
  const requests = sum(stages.map((stage) => endedIn(stage)));
  const each =
    iterations === 0
      ? "none of them ended"
      : `each made ${Number((requests / iterations).toFixed(2))} requests on average`;
  return [
    `Rates are iterations of ${file} per second; ${each}.`,
    `Whether checks and thresholds of ${file} hold: the plan's SLOs judge, and k6's own are not told.`,
    `Listen queues behind the hosts of ${file}: which pods answer there is not known.`,
  ];
}
