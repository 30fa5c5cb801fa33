import type { FailureCause, Outcomes } from "../../../runner/result/outcomes.ts";
import type { Attempt, FailedRequest, PathReport, PodTimeline, Rollout, RolloutEvidence } from "../evidence.ts";
import type { Unseen } from "../result/reasons.ts";
import { expectedFailures } from "./expected.ts";
import { type Explanation, explain } from "./explain.ts";
import { hostOf, type PathLog, type RolloutInput, requestIdOf, type TracedRequest } from "./input.ts";
import { type GonePod, gonePods } from "./pods.ts";
import type { ProxyRecord } from "./proxy-record.ts";
import { lastTryOf, windowsOf } from "./windows.ts";

const MOST_FAILED_KEPT = 300;
/** A proxy's event loop and the kernel stamp one event this far apart on a busy machine, beside the clocks' own error. */
const STAMPS_MS = 20;

/** A request that ended other than well. */
type FailedTrace = TracedRequest & { readonly out: FailureCause };

/** A failed request with what explains it. */
interface Failure {
  readonly request: FailedTrace;
  readonly path: PathLog;
  readonly record: ProxyRecord | undefined;
  readonly explanation: Explanation | undefined;
  /** Index of the rollout that it belongs to. */
  readonly rollout: number | null;
}

/** What a block of a rolling update says: every failed request with the pod it was sent to and who was late. */
export function rolloutEvidence(input: RolloutInput): RolloutEvidence {
  const { startUnixMs, observed, paths } = input;
  const pods = gonePods(input);
  const slackMs = STAMPS_MS + 2 * Math.max(0, ...observed.clocks.map(({ errorMs }) => errorMs));
  const failures = failuresOf(input, pods, slackMs);
  const expected = expectedFailures(input);
  const attributed = failures.filter(({ explanation }) => explanation).length;
  return {
    paths: paths.map((path) => pathReport(path, input, failures, expected.get(path.name) ?? null)),
    rollouts: observed.rollouts.map((rollout, index): Rollout => {
      const since = (unixMs: number | null) => (unixMs === null ? null : unixMs - startUnixMs);
      return {
        kind: rollout.kind,
        replicas: rollout.replicas,
        startedAtMs: rollout.startedAtUnixMs - startUnixMs,
        finishedAtMs: since(rollout.finishedAtUnixMs),
        failures: failures.filter((each) => each.rollout === index).length,
        pods: pods.filter((pod) => pod.rollout === index).map((pod) => podTimeline(pod, paths, startUnixMs)),
      };
    }),
    failed: evenly(failures, MOST_FAILED_KEPT).map((failure) => failedRequest(failure, pods, startUnixMs)),
    failedInAll: failures.length,
    attributed,
    unexplained: failures.length - attributed,
    windows: windowsOf(pods, paths),
    clocks: observed.clocks.map(({ clock, errorMs }) => ({ clock, errorMs })),
    unseen: eachOnce([...observed.unseen, ...paths.flatMap((path) => path.unseen)]),
  };
}

function failuresOf(input: RolloutInput, pods: readonly GonePod[], slackMs: number): Failure[] {
  const { startUnixMs, observed } = input;
  const logs = new Map(
    input.paths.map((path) => [
      path.name,
      { path, records: new Map(path.records.map((each) => [each.requestId, each])) },
    ]),
  );
  return input.requests
    .filter((request): request is FailedTrace => request.out !== "ok")
    .sort((a, b) => a.at - b.at)
    .flatMap((request): Failure[] => {
      const log = logs.get(request.to);
      if (!log) throw new Error(`a request went to ${request.to}, which is not a path of this block`);
      const record = log.records.get(requestIdOf(request));
      const explanation = explain(request, log.path, record, { startUnixMs, pods, leads: observed.leads, slackMs });
      const begun = observed.rollouts.findLastIndex((each) => each.startedAtUnixMs <= startUnixMs + request.end);
      const rollout = explanation?.rollout ?? (begun === -1 ? null : begun);
      return [{ request, path: log.path, record, explanation, rollout }];
    });
}

function pathReport(
  path: PathLog,
  { scheduled, paths }: RolloutInput,
  failures: readonly Failure[],
  expected: number | null,
): PathReport {
  const own = failures.filter((each) => each.path.name === path.name);
  // Requests go to the paths in turn, the first of them to the first.
  const share = Math.ceil((scheduled - paths.findIndex(({ name }) => name === path.name)) / paths.length);
  const ok = new Set<string>();
  const failed = new Set(own.map(({ request }) => requestIdOf(request)));
  const retried = path.records.filter(({ upstreams }) => upstreams.length > 1);
  for (const { requestId } of retried) if (!failed.has(requestId)) ok.add(requestId);
  return {
    path: path.name,
    proxy: path.proxy,
    rhythmMs: path.rhythmMs,
    scheduled: share,
    outcomes: outcomesOf(share - own.length, own),
    failedByMethod: byMethod(own),
    retried: retried.length,
    hidden: ok.size,
    attributed: own.filter(({ explanation }) => explanation).length,
    expected,
  };
}

function podTimeline(pod: GonePod, paths: readonly PathLog[], startUnixMs: number): PodTimeline {
  const since = (unixMs: number | null) => (unixMs === null ? null : unixMs - startUnixMs);
  const choosing = paths.filter((path) => path.leadsBy === "endpoints" && path.records.length > 0);
  return {
    pod: pod.pod,
    ip: pod.ip,
    node: pod.node,
    readyAtMs: since(pod.readyAtUnixMs),
    deleteRequestedAtMs: since(pod.deleteRequestedAtUnixMs),
    terminatingAtMs: since(pod.terminatingAtUnixMs),
    endpointGoneAtMs: since(pod.endpointGoneAtUnixMs),
    proxyGoneAtMs: Object.fromEntries(Object.entries(pod.proxyGoneAtUnixMs).map(([node, at]) => [node, since(at)])),
    ingressGoneAtMs: Object.fromEntries(choosing.map((path) => [path.name, since(ingressGone(pod, path))])),
    signal: pod.signal && { name: pod.signal.name, atMs: pod.signal.atUnixMs - startUnixMs },
    exitedAtMs: since(pod.exitedAtUnixMs),
  };
}

/** The set after the last one with it, or else the last time that it was tried. */
function ingressGone(pod: GonePod, path: PathLog): number | null {
  if (path.syncs === null) return pod.deadFromUnixMs === null ? null : lastTryOf(pod, path);
  const last = path.syncs.findLastIndex(
    ({ atUnixMs, addresses }) =>
      atUnixMs < pod.deadUntilUnixMs && addresses.some((address) => hostOf(address) === pod.ip),
  );
  return last < 0 ? null : (path.syncs[last + 1]?.atUnixMs ?? null);
}

function failedRequest(failure: Failure, pods: readonly GonePod[], startUnixMs: number): FailedRequest {
  const { request, path, record, explanation, rollout } = failure;
  return {
    path: path.name,
    id: requestIdOf(request),
    method: request.m,
    atMs: request.at,
    endMs: request.end,
    cause: request.out,
    error: request.err?.message ?? null,
    upstreams: (record?.upstreams ?? []).map(
      ({ address, status, error }): Attempt => ({
        address,
        pod: podAt(address, startUnixMs + request.end, pods),
        status,
        error,
      }),
    ),
    rollout,
    pod: explanation?.pod?.pod ?? null,
    late: explanation?.late ?? null,
    sinceExitMs: explanation?.sinceExitMs ?? null,
    why: explanation?.why ?? null,
  };
}

/** Of the pods that went away, the one that last had the address then; null where it is none of them, as far as known. */
function podAt(address: string, atUnixMs: number, pods: readonly GonePod[]): string | null {
  const had = pods.filter(({ ip, readyAtUnixMs }) => ip === hostOf(address) && (readyAtUnixMs ?? 0) <= atUnixMs);
  return had.at(-1)?.pod ?? null;
}

function outcomesOf(ok: number, failures: readonly Failure[]): Outcomes {
  const outcomes: Outcomes = { ok };
  for (const { request } of failures) outcomes[request.out] = (outcomes[request.out] ?? 0) + 1;
  return outcomes;
}

function byMethod(failures: readonly Failure[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { request } of failures) counts[request.m] = (counts[request.m] ?? 0) + 1;
  return counts;
}

/** What several paths or nodes say alike is told once. */
function eachOnce(unseen: readonly Unseen[]): Unseen[] {
  return [...new Map(unseen.map((each) => [JSON.stringify(each), each])).values()];
}

function evenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)]).flatMap(
    (item) => item ?? [],
  );
}
