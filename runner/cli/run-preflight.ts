import type { V1Node } from "@kubernetes/client-node";
import type { Cluster } from "../cluster/cluster.ts";
import { MOST_NODES } from "../cluster/fit-nodes.ts";
import { quantityValue } from "../cluster/quantity.ts";
import { type ArmPair, allArms } from "../experiment/arms.ts";
import { canDuet, hasRoomForTwo } from "../experiment/duet.ts";
import { secondNamespace } from "../experiment/lanes.ts";
import type { Suite } from "../experiment/suite.ts";
import { type Beyond, beyond, reachWords } from "../preflight/beyond.ts";
import { agentsRefused, outlook } from "../preflight/conclude.ts";
import { armsHere, withTunings } from "../preflight/here/arm-stops.ts";
import { applicableHere } from "../preflight/here/here.ts";
import type { Applicable } from "../preflight/here/report.ts";
import { type Ground, readPreflight } from "../preflight/read.ts";
import type { Preflight, SuiteHere, TuningsHere } from "../preflight/report.ts";
import { workloadOutlook } from "../preflight/workload.ts";
import { architecturesFor } from "../programs/available.ts";
import { catalogueNames } from "../tunings/catalogue.ts";
import { referenceWords } from "../workloads/workload-reference.ts";
import { askedTunings } from "./asked-tunings.ts";
import { EXIT } from "./exit-codes.ts";
import { abortOnSignals } from "./interrupt.ts";
import { type Place, placeOf } from "./place.ts";
import { preflightWords } from "./preflight-words.ts";
import { type TargetOptions, targetWords } from "./target-options.ts";
import { hasTriable, type WorkloadOptions } from "./workload-option.ts";

/** What a preflight is about. */
export interface PreflightPlan extends TargetOptions, WorkloadOptions {
  readonly suites: ReadonlyArray<{
    readonly suite: Pick<Suite, "name" | "requires" | "plan" | "arms" | "kinds" | "sideBySide" | "workloadPatch">;
    readonly arms: ArmPair;
    /** What was chosen of its own options. */
    readonly options?: Readonly<Record<string, unknown>>;
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
  const isTried = seen.workload === null || seen.workload.because.length === 0;
  return isTried && seen.suites.every(({ state }) => state !== "cannot") ? EXIT.passed : EXIT.environment;
}

/** Reads only. */
export async function preflight(place: Place, plan: PreflightPlan): Promise<Preflight> {
  const { cluster, kind, known, images } = place;
  const reading = await readPreflight(cluster, {
    ...{ kind, known, nodeSelector: plan.nodeSelector ?? {}, image: place.busybox },
    mostNodes: mostNodesOf(plan.suites),
    access: plan.suites.flatMap(({ suite }) => suite.requires.access),
  });
  const refused = agentsRefused(reading);
  const asked = await Promise.all(
    plan.suites.map(async (each) => ({
      ...each,
      beyond: await beyondOf(cluster, each, plan, refused !== null),
      choice: await allArms(each.suite),
      architectures: await architecturesFor(each.suite.requires.programs ?? []),
    })),
  );
  const here = await applicableIn(place, reading, plan);
  const suites = asked.map(({ suite, arms, choice, architectures, beyond: { nodeChanges, others } }) => {
    const both = [arms.baseline, arms.tuned];
    const seen = outlook(
      {
        ...{ name: suite.name, needs: suite.requires, arms: both },
        ...{ choice, architectures },
        // What others feel comes first: the first is what a refusal names.
        reaches: [...others, ...nodeChanges],
        reachesAllowed: kind === "lab" || plan.allowNodeChanges === true,
      },
      reading,
    );
    return withTunings(seen, armsHere(both, choice, here));
  });
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
    namespace: { name: cluster.namespace, there: reading.namespace !== "absent", yours: cluster.lent !== undefined },
    agents: refused === null ? reading.admissions.agent : { state: "refused", says: refused },
    suites,
    tunings: tuningsHere(here, plan),
    images: images ? [...new Set([images.busybox, ...[...names].flatMap((name) => images[name] ?? [])])] : [],
    creates: [
      cluster.lent ? `in your namespace ${cluster.namespace}:` : `namespace ${cluster.namespace}, and in it:`,
      ...(refused === null ? ["a Pod agent on each node, privileged and in the node's network"] : []),
      "Pod depot, which hands out our programs; a load Job for each block; Lease packetwalk",
      ...(cluster.lent
        ? []
        : [
            "Job keeper, and a ClusterRole packetwalk-keeper by which it may delete this namespace if this runner dies",
          ]),
      ...new Set(requires.flatMap(({ creates }) => creates)),
      ...secondLane(cluster, plan, reading.nodes?.fit ?? []),
    ],
    changes: [...new Set(asked.flatMap(({ beyond: { nodeChanges } }) => nodeChanges.map(({ does }) => does)))],
    reaches: [...new Set(asked.flatMap(({ beyond: { others } }) => others.map(reachWords)))],
    unseen: reading.unseen,
    workload: plan.workload ? await workloadOutlook(cluster, plan.workload) : null,
    next: nextCommand(
      plan,
      suites.filter(({ state, awaitsPermission }) => state !== "cannot" || awaitsPermission),
    ),
  };
}

/** That any of the suites takes. */
function mostNodesOf(suites: PreflightPlan["suites"]): number {
  const each = suites.map(({ suite }) => suite.requires.mostNodes ?? MOST_NODES);
  return each.length === 0 ? MOST_NODES : Math.max(...each);
}

/** Whatever the suites can stage, and what the arms are made of besides. */
async function applicableIn({ cluster, kind, busybox }: Place, reading: Ground, { suites }: PreflightPlan) {
  const own = suites.flatMap(({ arms }) => [...arms.baseline.tunings, ...arms.tuned.tunings]);
  const folders = own.flatMap(({ folder }) => folder?.path ?? []);
  const staged = await askedTunings([...catalogueNames(), ...folders]);
  const asked = staged.filter((each) => suites.some(({ suite }) => each.suites.includes(suite.name)));
  return applicableHere(cluster, reading, asked, { image: busybox, free: kind === "lab" });
}

function tuningsHere(all: readonly Applicable[], target: TargetOptions): TuningsHere {
  const count = (state: Applicable["state"]) => all.filter((each) => each.state === state).length;
  return {
    ...{ can: count("can"), partly: count("partly"), unknown: count("unknown") },
    cannot: all
      .filter(({ state }) => state === "cannot")
      .map(({ name, because, nearest }) => ({ name, because, nearest })),
    whole: ["packetwalk tunings --here", ...targetWords(target)].join(" "),
  };
}

function secondLane(cluster: Cluster, { suites, quick, inTurn }: PreflightPlan, nodes: readonly V1Node[]): string[] {
  const sizes = nodes.map(({ status }) => ({ cpus: quantityValue(status?.capacity?.cpu) ?? 0 }));
  const duets = suites.filter(
    ({ suite, arms }) => canDuet(suite, arms, suite.plan(quick ? "quick" : "full")) && hasRoomForTwo(suite, sizes),
  );
  // A namespace that the user lent is one.
  if (inTurn || cluster.lent || duets.length === 0) return [];
  const names = duets.map(({ suite }) => suite.name).join(", ");
  return [
    `namespace ${secondNamespace(cluster)}, with the same workloads once more: both arms of ${names} run side by side`,
  ];
}

async function beyondOf(
  cluster: Cluster,
  { suite, arms, options = {} }: PreflightPlan["suites"][number],
  { quick = false }: PreflightPlan,
  agentsRefused: boolean,
): Promise<Beyond> {
  const { name, requires } = suite;
  const plans = { quick: suite.plan("quick"), full: suite.plan("full") };
  // The same arm twice, or a tuning of both, does it once.
  const tunings = [
    ...new Map([...arms.baseline.tunings, ...arms.tuned.tunings].map((each) => [each.name, each])).values(),
  ];
  const ofOptions = (await requires.reaches?.(cluster, options)) ?? [];
  return beyond({ name, quick, plans, tunings, ofOptions }, agentsRefused);
}

/** Suites share their arms' names on a command line: where arms have to be others, one suite is enough to begin with. */
function nextArms(able: readonly SuiteHere[], asked: ArmPair | undefined) {
  const isStopped = ({ armStops, tuningStops }: SuiteHere) => armStops.length + tuningStops.length > 0;
  const other = able.find((each) => isStopped(each) && each.otherArms.length > 0);
  if (other) return { names: [other.name], arms: { baseline: "baseline", tuned: other.otherArms[0] ?? "" } };
  const names = able.filter((each) => !isStopped(each)).map(({ name }) => name);
  return { names, arms: asked && { baseline: asked.baseline.name, tuned: asked.tuned.name } };
}

/** What to run of those that can, or could if its owner allows what they do beyond our namespace. */
function nextCommand(
  { suites, quick, inTurn, allowNodeChanges, workload, allowWorkloadChanges: _, ...target }: PreflightPlan,
  able: readonly SuiteHere[],
): string {
  if (able.length === 0) return "packetwalk preflight, once what stands in the way is gone";
  const { names, arms } = nextArms(able, suites[0]?.arms);
  return [
    "packetwalk compare",
    ...names,
    ...(arms ? [`--baseline ${arms.baseline} --tuned ${arms.tuned}`] : []),
    ...(quick ? ["--quick"] : []),
    ...(inTurn ? ["--in-turn"] : []),
    ...targetWords(target),
    ...(workload && suites.every((each) => !names.includes(each.suite.name) || hasTriable(each))
      ? [`--workload ${referenceWords(workload)} --allow-workload-changes`]
      : []),
    ...(allowNodeChanges || able.some(({ awaitsPermission }) => awaitsPermission) ? ["--allow-node-changes"] : []),
  ].join(" ");
}
