/** What a rehearsal is about to do to what is the user's, before it does it. */
import { createInterface } from "node:readline/promises";
import { UsageError } from "../errors.ts";
import type { Plan, PlannedEvent, PlannedTarget } from "../rehearsal/plan/plan.ts";
import { durationWords } from "../rehearsal/plan/units.ts";
import type { Beyond, ReachedNames } from "../rehearsal/run/beyond-targets.ts";
import { isPublic } from "../rehearsal/run/public-address.ts";
import { whatOf } from "../rehearsal/run/ready.ts";
import type { FoundTarget } from "../rehearsal/run/targets.ts";

export interface Allowed {
  readonly yes?: boolean;
  readonly allowExternal?: boolean;
  readonly allowWorkloadChanges?: boolean;
  readonly allowNodeChanges?: boolean;
}

/** All that load will reach. */
export interface Reached {
  readonly found: readonly FoundTarget[];
  readonly beyond: Beyond;
}

export interface Here {
  readonly isLab: boolean;
  readonly ownNamespace: string;
}

/** @throws UsageError naming the flag for what nobody allowed */
export function assertAllowed(plan: Plan, reached: Reached, allowed: Allowed, { isLab, ownNamespace }: Here): void {
  if (!allowed.allowExternal) assertInside(reached);
  const { events } = plan;
  const rollout = events.find((each) => each.kind === "rollout" && each.namespace !== ownNamespace);
  if (rollout && !allowed.allowWorkloadChanges)
    throw new UsageError(`event ${rollout.name} restarts a Deployment of yours; let it with --allow-workload-changes`);
  const ofCluster = events.find(({ kind }) => kind === "drain" || kind === "zone-gone" || kind === "dns-pod-lost");
  if (ofCluster && !isLab && !allowed.allowNodeChanges)
    throw new UsageError(
      `event ${ofCluster.name} (${ofCluster.kind}) takes nodes or pods from everybody on this cluster; let it with --allow-node-changes`,
    );
}

function assertInside({ found, beyond }: Reached): void {
  const outside = found.find(({ address }) => isPublic(address));
  if (outside)
    throw new UsageError(
      `target ${outside.planned.name}: ${outside.address} is a public address, and load to it leaves the cluster; if it is yours, say so with --allow-external`,
    );
  for (const { planned, hosts } of beyond.scripts) {
    const host = hosts.find(({ address }) => address !== null && isPublic(address));
    if (host)
      throw new UsageError(
        `target ${planned.name}: ${host.host} leads to ${host.address}, a public address, and load to it leaves the cluster; if it is yours, say so with --allow-external`,
      );
  }
  const asked = beyond.lookups.find(({ outside }) => outside.length > 0);
  if (asked)
    throw new UsageError(
      `${asked.of} ${asked.name}: ${asked.outside.join(", ")} ${asked.outside.length === 1 ? "is" : "are"} not of the cluster (${beyond.domains.join(", ")}), so that its DNS asks others; write names of Services, or say that you may load those others, too, with --allow-external`,
    );
}

/** What is to be known before load goes to what is the user's; empty where all is packetwalk's own. */
export function confirmWords(
  plan: Plan,
  { found, beyond }: Reached,
  context: string,
  { isLab, ownNamespace }: Here,
): string[] {
  const { limits, events } = plan;
  const isTheUsers = found.length + beyond.scripts.length + beyond.lookups.length > 0;
  const changes = events.filter((each) => each.kind !== "rollout" || each.namespace !== ownNamespace);
  if (!isTheUsers && (isLab || changes.length === 0)) return [];
  const namespaces = namespacesOf(plan, { found, beyond }).map(marked);
  return [
    `Load goes to these, in context "${marked(context)}", at up to ${limits.mostPerSecond} requests/s:`,
    ...plan.targets.flatMap((target) => targetWords(target, { found, beyond })),
    ...(namespaces.length === 0 ? [] : [`Namespaces: ${namespaces.join(", ")}`]),
    ...(events.length === 0 ? [] : ["Meanwhile, on the day's clock:"]),
    ...events.map((event) => `  ${eventWords(event, beyond)}`),
    `Caps: ${limits.mostMinutes} min of load, ${limits.mostInFlight} requests in flight, ${limits.mostFailedRequests} failed requests, ${limits.mostBrokenStages} stages that break`,
  ];
}

function targetWords(target: PlannedTarget, { found, beyond }: Reached): string[] {
  const { name } = target;
  switch (target.kind) {
    case "reference":
      return [`  ${name}: packetwalk's own web workload`];
    case "names":
      return [
        `  ${name}: ${lookupWords(
          beyond.lookups.find((each) => each.of === "target" && each.name === name),
          beyond,
        )}`,
      ];
    case "k6": {
      const hosts = beyond.scripts.find(({ planned }) => planned.name === name)?.hosts ?? [];
      return [
        `  ${name}: k6 script ${target.file}, run by Jobs of packetwalk's own (no TestRun of a k6-operator: its runners get no caps and hosts beside a script), to`,
        ...hosts.map(
          ({ host, address }) => `    ${host} at ${address ?? "an address that its workers look up in the cluster"}`,
        ),
      ];
    }
    default: {
      const there = found.find(({ planned }) => planned.name === name);
      return [`  ${name}: ${whatOf(target)} at ${there?.address ?? "?"}`];
    }
  }
}

function lookupWords(asked: ReachedNames | undefined, { dns, domains }: Beyond): string {
  if (!asked) return "no names";
  const { names, outside } = asked;
  const beyond =
    outside.length === 0 ? "" : `; ${outside.join(", ")} not of ${domains.join(", ")}, so whom it asks gets them, too`;
  return `look-ups of ${names.join(", ")} by the cluster's DNS${dns === null ? "" : ` at ${dns}`}${beyond}`;
}

function eventWords(event: PlannedEvent, beyond: Beyond): string {
  const at = `at ${durationWords(event.atS)}${"forS" in event ? ` for ${durationWords(event.forS)}` : ""}`;
  switch (event.kind) {
    case "rollout":
      return `${at}: Deployment ${event.namespace}/${event.deployment} is restarted`;
    case "drain":
      return `${at}: node ${event.node} is cordoned and drained`;
    case "zone-gone":
      return `${at}: all nodes of zone ${event.zone} are cordoned and drained`;
    case "dns-pod-lost":
      return `${at}: a pod of the cluster's DNS is deleted`;
    case "lookup-storm": {
      const asked = beyond.lookups.find(({ of, name }) => of === "event" && name === event.name);
      return `${at}: ${event.perSecond}/s more, ${lookupWords(asked, beyond)}`;
    }
  }
}

const DNS_NAMESPACE = "kube-system";

function namespacesOf({ events }: Plan, { found, beyond }: Reached): string[] {
  const isDnsLoaded = beyond.lookups.length > 0 || events.some(({ kind }) => kind === "dns-pod-lost");
  return [
    ...new Set([
      ...found.flatMap(({ namespaces }) => namespaces),
      ...beyond.scripts.flatMap(({ hosts }) => hosts.flatMap(({ namespace }) => namespace ?? [])),
      ...events.flatMap((each) => (each.kind === "rollout" ? [each.namespace] : [])),
      ...(isDnsLoaded ? [DNS_NAMESPACE] : []),
    ]),
  ];
}

const PRODUCTION = /(^|[^a-z])(prod|production|prd|live)([^a-z]|$)/i;

/** What a name says of itself is all that is known. */
function marked(name: string): string {
  return PRODUCTION.test(name) ? `${name} (PRODUCTION, by its name)` : name;
}

/** @throws UsageError where the user does not say yes, or can't be asked */
export async function confirm(words: readonly string[], { yes }: Allowed): Promise<void> {
  if (words.length === 0) return;
  for (const line of words) process.stderr.write(`${line}\n`);
  if (yes) return;
  if (!process.stdin.isTTY)
    throw new UsageError("nobody is there to confirm these targets: look at them, and give --yes");
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question('Are these yours to load? Type "yes": ');
    if (answer.trim().toLowerCase() !== "yes") throw new UsageError("not confirmed, so nothing was done");
  } finally {
    asking.close();
  }
}
