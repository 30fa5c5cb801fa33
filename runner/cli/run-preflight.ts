import { type Cluster, openCluster } from "../cluster/cluster.ts";
import type { KnownFacts } from "../cluster/facts.ts";
import { loadKubeconfig } from "../cluster/kubeconfig.ts";
import { EnvironmentError } from "../errors.ts";
import type { ArmPair } from "../experiment/arms.ts";
import { canDuet } from "../experiment/duet.ts";
import { secondNamespace } from "../experiment/lanes.ts";
import type { Suite } from "../experiment/suite.ts";
import { findLab } from "../lab/index.ts";
import { type AskedSuite, outlook } from "../preflight/conclude.ts";
import { readPreflight } from "../preflight/read.ts";
import type { Preflight } from "../preflight/report.ts";
import type { Target } from "../result/target.ts";
import { type ChosenImages, chosenImages } from "./chosen-images.ts";
import { EXIT } from "./exit-codes.ts";
import { abortOnSignals } from "./interrupt.ts";
import { openByKubeconfig } from "./open-by-kubeconfig.ts";
import { preflightWords } from "./preflight-words.ts";
import type { TargetOptions } from "./target-options.ts";

/** What a preflight is about. */
export interface PreflightPlan extends TargetOptions {
  readonly suites: ReadonlyArray<{
    readonly suite: Pick<Suite, "name" | "requires" | "plan" | "standsApart">;
    readonly arms: ArmPair;
  }>;
  readonly quick?: boolean;
  readonly allowNodeChanges?: boolean;
  readonly inTurn?: boolean;
}

/** Looks, prints, and gives the exit code: whether every suite that was asked for can run. */
export async function runPreflight(plan: PreflightPlan & { readonly json?: boolean }): Promise<number> {
  const place = await placeOf(plan, abortOnSignals());
  const seen = await preflight(place, plan);
  process.stdout.write(plan.json ? `${JSON.stringify(seen, null, 2)}\n` : preflightWords(seen));
  return seen.suites.every(({ state }) => state !== "cannot") ? EXIT.passed : EXIT.environment;
}

/** A cluster to look at. */
export interface Place {
  readonly cluster: Cluster;
  readonly kind: Target["kind"];
  readonly known: KnownFacts;
  /** Undefined: the lab's own. */
  readonly images: ChosenImages | undefined;
  readonly busybox: string;
}

async function placeOf(options: TargetOptions, signal: AbortSignal): Promise<Place> {
  if (options.kubeconfig !== undefined || options.context !== undefined) {
    const { cluster } = await openByKubeconfig(options, signal);
    const images = chosenImages(options);
    return { cluster, kind: "kubeconfig", known: {}, images, busybox: images.busybox };
  }
  const lab = await findLab(options.lab);
  if (!lab) {
    throw new EnvironmentError(
      `lab "${options.lab}" is not up, so there is nothing to look at: name a cluster with --kubeconfig or --context, or run packetwalk lab up`,
    );
  }
  return {
    cluster: await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined), signal),
    kind: "lab",
    known: { cni: lab.cni, proxyMode: lab.proxyMode },
    images: undefined,
    busybox: lab.images.busybox,
  };
}

/** Reads only. */
export async function preflight(place: Place, plan: PreflightPlan): Promise<Preflight> {
  const { cluster, kind, known, images } = place;
  const reading = await readPreflight(cluster, {
    ...{ kind, known, nodeSelector: plan.nodeSelector ?? {}, image: place.busybox },
    access: plan.suites.flatMap(({ suite }) => suite.requires.access),
  });
  const asked = plan.suites.map((each) => askedSuite(each, plan, kind));
  const suites = asked.map((suite) => outlook(suite, reading));
  const requires = plan.suites.map(({ suite }) => suite.requires);
  const names = new Set(requires.flatMap((each) => each.images));
  return {
    target: reading.target,
    nodes: reading.nodes && {
      used: reading.nodes.fit.map(({ metadata, status }) => ({
        name: metadata?.name ?? "",
        architecture: status?.nodeInfo?.architecture ?? "",
        kernel: status?.nodeInfo?.kernelVersion ?? "",
      })),
      leftOut: reading.nodes.unfit,
    },
    namespace: { name: cluster.namespace, there: reading.namespace !== "absent" },
    agents: reading.admissions.agent,
    suites,
    images: images ? [...new Set([images.busybox, ...[...names].flatMap((name) => images[name] ?? [])])] : [],
    creates: [
      `namespace ${cluster.namespace}, and in it:`,
      "DaemonSet agent, privileged and in the nodes' network; Pod depot, which hands out our programs; a load Job for each block",
      ...new Set(requires.flatMap(({ creates }) => creates)),
      ...secondLane(cluster, plan),
    ],
    changes: [...new Set(asked.flatMap(({ nodeChanges }) => nodeChanges))],
    unseen: reading.unseen,
    next: nextCommand(
      plan,
      suites.filter(({ state }) => state !== "cannot").map(({ name }) => name),
    ),
  };
}

function secondLane(cluster: Cluster, { suites, quick, inTurn }: PreflightPlan): string[] {
  const duets = suites.filter(({ suite, arms }) => canDuet(suite, arms, suite.plan(quick ? "quick" : "full")));
  if (inTurn || duets.length === 0) return [];
  const names = duets.map(({ suite }) => suite.name).join(", ");
  return [
    `namespace ${secondNamespace(cluster)}, with the same workloads once more: both arms of ${names} run side by side`,
  ];
}

function askedSuite(
  { suite, arms }: PreflightPlan["suites"][number],
  { quick, allowNodeChanges }: PreflightPlan,
  kind: Target["kind"],
): AskedSuite {
  const { nodeChange } = suite.plan(quick ? "quick" : "full");
  const ofArms = [...arms.baseline.tunings, ...arms.tuned.tunings].flatMap((tuning) => tuning.nodeChange ?? []);
  return {
    name: suite.name,
    needs: suite.requires,
    nodeChanges: [...new Set([...(nodeChange === undefined ? [] : [nodeChange]), ...ofArms])],
    nodeChangesAllowed: kind === "lab" || allowNodeChanges === true,
  };
}

/** What to run of those that can. */
function nextCommand(
  { suites, quick, kubeconfig, context, allowNodeChanges }: PreflightPlan,
  able: readonly string[],
): string {
  if (able.length === 0) return "packetwalk preflight, once what stands in the way is gone";
  const [first] = suites;
  return [
    "packetwalk compare",
    ...able,
    ...(first ? [`--baseline ${first.arms.baseline.name} --tuned ${first.arms.tuned.name}`] : []),
    ...(quick ? ["--quick"] : []),
    ...(kubeconfig === undefined ? [] : [`--kubeconfig ${kubeconfig}`]),
    ...(context === undefined ? [] : [`--context ${context}`]),
    ...(allowNodeChanges ? ["--allow-node-changes"] : []),
  ].join(" ");
}
