import type { Advice, ComparabilityReason, PremiseReason, Warning } from "../../runner/result/reasons.ts";
import type { Result } from "../../runner/result/result.ts";
import { formatCount, formatShare, plural } from "../view/format.ts";
import type { Say } from "./attribution.ts";
import { metricWhy } from "./metric.ts";
import { voidReason } from "./voided.ts";

/** Why a run has its verdict, in a clause. */
export function runWhy(
  { why, metrics, warnings = [] }: Pick<Result, "why" | "metrics"> & Partial<Pick<Result, "warnings">>,
  say: Say,
): string {
  const twoClusters = warnings.some(({ kind }) => kind === "two-clusters");
  switch (why.kind) {
    case "premise-not-met":
      return premiseWords(why.because, say);
    case "possible-harm":
      return `${why.improved.join(", ")} improved, but something may have got worse: ${each(metrics, why.metrics)}`;
    case "not-by-tuning":
      return `${why.improved.join(", ")} improved, but not by this tuning: ${why.settings.join(", ")} did not arrive`;
    case "too-few-blocks":
      return `${plural(why.voided, "block")} had to be voided${why.first ? ` (${voidReason(why.first)})` : ""}; ${why.baseline} baseline and ${why.tuned} tuned blocks are too few for a verdict`;
    case "not-comparable":
      return `the arms cannot be compared: ${incomparable(why.because)}`;
    case "metrics-decide":
      return `${twoClusters ? "on the tuned cluster, " : ""}${each(metrics, why.metrics)}${besides(why.beside)}`;
    case "no-difference":
      return `no difference that matters in ${why.metrics.join(", ")}${besides(why.beside)}`;
    case "not-enough-evidence":
      return `not enough evidence: ${each(metrics, why.metrics)}${besides(why.beside)}`;
    case "nothing-judged":
      return "no primary metric was judged";
  }
}

/** Why a question can't be answered here, in a clause. */
export function premiseWords(reason: PremiseReason, say: Say): string {
  switch (reason.kind) {
    case "no-way":
      return `none of ${plural(reason.requests, "request")} ended well in either arm: there is no way to the target`;
    case "mostly-failed":
      return `${formatShare(reason.baselineShare)} of the requests in baseline and ${formatShare(reason.tunedShare)} in tuned failed with nothing to explain it: something else is broken`;
    case "of-suite":
      return say(reason.said);
  }
}

function each(metrics: Result["metrics"], names: readonly string[]): string {
  return metrics
    .filter(({ name }) => names.includes(name))
    .map((metric) => `${metric.name}: ${metricWhy(metric)}`)
    .join("; ");
}

function besides({ improved, regressed }: { readonly improved: string[]; readonly regressed: string[] }): string {
  const parts = [
    ...(regressed.length === 0 ? [] : [`${regressed.join(", ")} regressed`]),
    ...(improved.length === 0 ? [] : [`${improved.join(", ")} improved`]),
  ];
  return parts.length === 0 ? "" : ` (beside it, ${parts.join(", and ")})`;
}

export function incomparable(reason: ComparabilityReason): string {
  switch (reason.kind) {
    case "no-valid-block":
      return "an arm has no valid block";
    case "other-schedule":
      return `a block scheduled ${formatCount(reason.scheduled)} requests instead of ${formatCount(reason.planned)}`;
    case "rates-differ":
      return `the achieved send rates differ by ${formatShare(reason.share)}`;
    case "workers-missing":
      return `a block ran with ${reason.reported} load workers instead of ${reason.wanted}`;
    case "placed-elsewhere":
      return `the pods of ${reason.workload} were placed on other nodes in the tuned arm`;
  }
}

/** What to do now, as a sentence. */
export function adviceWords(advice: Advice): string {
  switch (advice.kind) {
    case "adopt":
      return advice.thenFullSize
        ? "Adopt the settings that arrived; then run without --quick, at full size."
        : "Adopt the settings that arrived.";
    case "adopt-only-for":
      return `Adopt these settings only for what improved beside the metrics that decide: ${advice.metrics.join(", ")}.`;
    case "do-not-adopt":
      return "Do not adopt this arm.";
    case "choose-cluster":
      return clusterChoice(advice);
    case "leave-out":
      return "Leave these settings out: they changed nothing that matters here.";
    case "more-rounds":
      return `Run again with ${formatCount(advice.rounds)} more rounds (--rounds) before deciding anything.`;
    case "find-what-differs":
      return "Find what else differs between the arms: the settings on trial were not in force.";
    case "decide-nothing":
      return "Decide nothing on this run: more rounds alone would not settle it.";
    case "mend-and-repeat":
      return "Mend what voided the blocks (see the warnings) and run again: this run says nothing.";
    case "set-in-pods":
      return `Set as node sysctls, ${advice.sysctls.join(", ")} never reached the pods: set them in the pod spec (securityContext.sysctls) or drop them.`;
    case "as-before":
      return advice.better
        ? "Nothing to do: it got better since that night."
        : "Nothing to do: nothing that matters changed since that night.";
    case "find-what-changed":
      return advice.differences === 0
        ? "Find what changed since that night: results tell of nothing that did."
        : "Find what changed since that night; what results tell of it is in the notes.";
    case "more-nights":
      return `Measure ${plural(advice.nights, "more night")} before deciding anything: only nights tell how far nights differ.`;
    case "never-arrived":
      return `${advice.setting} never arrived in ${advice.actsIn}: do not count on it there.`;
  }
}

function clusterChoice({ cluster, onlyFor, thenFullSize }: Extract<Advice, { kind: "choose-cluster" }>): string {
  switch (cluster) {
    case "tuned":
      return `For this workload take the tuned cluster${thenFullSize ? ", if a run without --quick, at full size, says the same" : ""}; to learn what of it does that, change one thing at a time on one cluster.`;
    case "baseline":
      return "For this workload stay with the baseline cluster.";
    case "either":
      return onlyFor.length === 0
        ? "Choose between the clusters by something else: for this workload neither is better."
        : `Choose between the clusters by something else, or by what is better on the tuned one beside the metrics that decide: ${onlyFor.join(", ")}.`;
  }
}

export function warningWords(warning: Warning, say: Say): string {
  switch (warning.kind) {
    case "two-clusters":
      return "each arm ran on a cluster of its own, in turns: a difference between two clusters has no single cause, and a counter that moved with it does not make it a setting's";
    case "spoilt-by-arm":
      return `${warning.baseline} of ${warning.baselineOf} baseline blocks and ${warning.tuned} of ${warning.tunedOf} tuned ones could not tell ${warning.metrics.join(", ")} (${voidReason(warning.first)}): that depends on the arm, and is a finding of its own`;
    case "read-in-one-arm":
      return `counters of ${warning.where.join(", ")} could be read in ${warning.arm} only, and are left out`;
    case "premise-unread":
      return say(warning.said);
    case "one-node":
      return `load and workload shared ${warning.nodes.length === 1 ? "one node" : "one node each"} (${warning.nodes.join(", ")}) and its CPUs: latencies and rates are of both together, and no packet passed from node to node`;
    case "without-kernel-counters":
      return `without kernel counters: nothing on the nodes was read (${warning.because}), so what the kernel dropped is not known, and help is believed only where the clients' own evidence shows why`;
  }
}
