import type { SettingWriter, VoidReason } from "../../runner/result/reasons.ts";
import { formatCount, formatQuantity, formatShare, plural } from "../view/format.ts";

/** Why a block does not count, in a clause. */
export function voidReason(reason: VoidReason): string {
  switch (reason.kind) {
    case "nothing-scheduled":
      return "nothing was scheduled";
    case "outcomes-missing":
      return `${plural(reason.scheduled, "request was", "requests were")} scheduled, but ${plural(reason.ended, "outcome")} reported`;
    case "workers-lost":
      return `${reason.reported} of ${plural(reason.wanted, "load worker")} reported${lostWorkers(reason)}`;
    case "start-spread":
      return `the load workers began ${formatQuantity(reason.ms, "ms")} apart (at most ${formatQuantity(reason.mostMs, "ms")})`;
    case "generator-saturated":
      return `the generator was saturated: ${reason.because}`;
    case "not-sent":
      return `the generator could not send ${plural(reason.requests, "request")}`;
    case "generator-lag":
      return `the generator lagged ${formatQuantity(reason.p99Ms, "ms")} at p99 (at most ${formatQuantity(reason.mostMs, "ms")})`;
    case "probe-gap":
      return `the probe on ${reason.node} gave no sample for ${formatQuantity(reason.ms, "ms")} (at most ${formatQuantity(reason.mostMs, "ms")})`;
    case "steal":
      return `${formatShare(reason.share)} of a node's CPU was stolen by its host (at most ${formatShare(reason.mostShare)})`;
    case "not-drained":
      return `the conntrack table of ${reason.node} still had ${plural(reason.entries, "entry", "entries")} before the block (at most ${formatCount(reason.allowed)})`;
    case "step-failed":
      return `${reason.step} did not finish: ${reason.because}`;
    case "placed-elsewhere":
      return `the pods of ${reason.workload} were on other nodes than in most blocks`;
    case "setting-changed":
      return settingChanged(reason);
    case "object-changed":
      return objectChanged(reason);
    case "no-report":
      return `${reason.of} gave no report`;
  }
}

function lostWorkers({ lost, lostShare }: Extract<VoidReason, { kind: "workers-lost" }>): string {
  const which = lost.map(({ worker, node, because }) => `worker ${worker} on ${node}: ${because}`).join("; ");
  return which === "" ? "" : `, ${formatShare(lostShare)} of the load is lost (${which})`;
}

function settingChanged({ node, key, from, to, by }: Extract<VoidReason, { kind: "setting-changed" }>): string {
  if (by === undefined) return `somebody else set ${key} on ${node} from ${from} to ${to}`;
  const who = [
    by.process,
    ...(by.pid === undefined ? [] : [`pid ${by.pid}`]),
    ...(by.of === undefined ? [] : [originOf(by.of)]),
    ...(by.writes > 1 ? [`the last of ${plural(by.writes, "write")}`] : []),
  ];
  return `${node}'s ${key} went from ${from} to ${to} (by ${who.join(", ")})`;
}

function objectChanged({ object, field, from, to, by }: Extract<VoidReason, { kind: "object-changed" }>): string {
  const value = (text: string | null) => (text === null ? "nothing" : JSON.stringify(text));
  return `${by === undefined ? "somebody else" : by.manager} changed ${field} of ${object} from ${value(from)} to ${value(to)}`;
}

function originOf(of: NonNullable<SettingWriter["of"]>): string {
  switch (of.kind) {
    case "pod":
      return `of pod ${of.namespace}/${of.name}${of.container === undefined ? "" : `, container ${of.container}`}`;
    case "unknown-pod":
      return `of a pod with UID ${of.uid} that the cluster does not name`;
    case "unit":
      return `of ${of.name}`;
    case "host":
      return "a process of the host";
    case "other-network-namespace":
      return "in another network namespace of this machine";
  }
}

/** Reasons of one kind at one place are alike, whatever their numbers are and whatever words came from elsewhere. */
export function sameReason(a: VoidReason, b: VoidReason): boolean {
  return keyOf(a) === keyOf(b);
}

function keyOf(reason: VoidReason): string {
  switch (reason.kind) {
    case "step-failed":
      return `${reason.kind} ${reason.step}`;
    case "probe-gap":
    case "not-drained":
      return `${reason.kind} ${reason.node}`;
    case "setting-changed":
      return `${reason.kind} ${reason.node} ${reason.key}`;
    case "object-changed":
      return `${reason.kind} ${reason.object} ${reason.field}`;
    default:
      return reason.kind;
  }
}
