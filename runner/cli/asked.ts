import { Option } from "commander";
import type { Facts } from "../analysis/same-run.ts";
import type { ArmPair } from "../experiment/arms.ts";
import { storeName } from "../history/store-name.ts";
import type { OwnFolder } from "../tunings/tuning.ts";
import { referenceWords } from "../workloads/workload-reference.ts";
import { type ChosenSuite, type Experiment, isOfOneArm } from "./compare-plan.ts";
import { DEFAULT_LAB } from "./lab-name.ts";
import { flagOf, IMAGE_OPTIONS } from "./target-options.ts";
import { hasTwoClusters, TWO_CLUSTER_OPTIONS } from "./two-cluster-options.ts";

/** No option of its own: which clusters these are, the targets say. */
export const CLUSTER_EACH = "a cluster for each arm";

/**
 * What of a command decides what is measured of a suite, in the words of the command line. Where results go, what is printed and
 * what is allowed decide nothing; which cluster it is, is known by the cluster itself, whatever it is called today.
 */
export function askedOf({ suite, arms, options: own }: ChosenSuite, options: Experiment): Facts {
  const {
    suites,
    engine,
    rounds,
    maxMinutes,
    seed,
    quick,
    force,
    inTurn,
    sideBySide,
    namespace,
    workload,
    arm,
    against,
  } = options;
  const labels = Object.entries(options.nodeSelector ?? {}).map((pair) => pair.join("="));
  return factsIn({
    suites: suites.map((each) => each.suite.name).join(" "),
    "--arm": arm,
    "--baseline": isOfOneArm(options) ? undefined : arms.baseline.name,
    "--tuned": arm === undefined ? arms.tuned.name : undefined,
    "--against": against,
    ...Object.fromEntries(ownFolders(arms).map(({ path, sha256 }) => [`tuning ${path}`, `SHA-256 ${sha256}`])),
    [CLUSTER_EACH]: hasTwoClusters(options),
    "--seed": seed,
    "--rounds": rounds,
    "--max-minutes": maxMinutes,
    "--engine": engine?.name,
    "--quick": quick,
    "--force": force,
    "--in-turn": inTurn,
    "--side-by-side": sideBySide,
    "--namespace": namespace,
    "--workload": workload && referenceWords(workload),
    "--node-selector": labels.sort().join(",") || undefined,
    ...Object.fromEntries(IMAGE_OPTIONS.map((name) => [flagOf(name), options[name]])),
    ...Object.fromEntries(
      Object.entries(own).map(([name, value]) => [
        new Option(suite.options[name]?.flags ?? name).long ?? name,
        [value].flat().join(","),
      ]),
    ),
  });
}

/** What else a command needs in order to run again: the way to the cluster, and what was allowed. It decides nothing. */
export function givenBeside(options: Experiment): Facts {
  // Only for it does a store decide anything: which night is the last good one.
  const store = options.against === undefined ? undefined : options.store && storeName(options.store);
  const { kubeconfig, lab, imagePullSecret: secret, yes, allowNodeChanges, allowWorkloadChanges } = options;
  return factsIn({
    "--kubeconfig": kubeconfig,
    "--lab": lab === DEFAULT_LAB ? undefined : lab,
    ...Object.fromEntries(TWO_CLUSTER_OPTIONS.map((name) => [flagOf(name), options[name]])),
    "--image-pull-secret": secret && `${secret.namespace}/${secret.name}`,
    "--store": store,
    "--yes": yes,
    "--allow-node-changes": allowNodeChanges,
    "--allow-workload-changes": allowWorkloadChanges,
  });
}

function factsIn(given: Readonly<Record<string, string | number | boolean | undefined>>): Facts {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      value === undefined || value === false ? [] : [[name, value === true ? "given" : String(value)]],
    ),
  );
}

/** What is in a folder of the user's may be something else the next time. */
function ownFolders({ baseline, tuned }: ArmPair): OwnFolder[] {
  return [...baseline.tunings, ...tuned.tunings].flatMap(({ folder }) => folder ?? []);
}
