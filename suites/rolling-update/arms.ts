import type { Arms } from "../../runner/tunings/tuning.ts";
import {
  IN_PROXIES,
  IN_ROLLOUTS,
  IN_WEB_PODS,
  type ProxySetting,
  type RolloutTuning,
  type WorkloadImage,
  type WorkloadPatch,
} from "./tunings.ts";

const execSleep: WorkloadPatch = {
  kind: "workload-patch",
  name: "prestop-exec-sleep-10",
  file: "tunings/prestop-exec-sleep.yaml",
  setting: 'lifecycle.preStop.exec.command = ["/bin/sh", "-c", "sleep 10"]',
  scope: "pod-spec",
  actsIn: IN_WEB_PODS,
  note: "keeps the process alive while its address is taken out everywhere; void without a shell in the image",
};
const nativeSleep: WorkloadPatch = {
  kind: "workload-patch",
  name: "prestop-native-sleep-10",
  file: "tunings/prestop-native-sleep.yaml",
  setting: "lifecycle.preStop.sleep.seconds = 10",
  scope: "pod-spec",
  actsIn: IN_WEB_PODS,
  note: "the kubelet itself waits (KEP-3960, on by default since Kubernetes 1.30), so the image needs no shell",
};
const gracePeriod: WorkloadPatch = {
  kind: "workload-patch",
  name: "grace-period-45",
  file: "tunings/grace-period-45.yaml",
  setting: "terminationGracePeriodSeconds = 45",
  scope: "pod-spec",
  actsIn: IN_WEB_PODS,
  note: "it includes the preStop hook: 10 s of sleep leave 35 s to finish requests",
};
const readiness: WorkloadPatch = {
  kind: "workload-patch",
  name: "readiness-period-1",
  file: "tunings/readiness-period-1.yaml",
  setting: "readinessProbe.periodSeconds = 1",
  scope: "pod-spec",
  actsIn: IN_WEB_PODS,
  note: "new pods are led to sooner; one that stops is taken out because it is deleted, not by its probe",
};
const noneUnavailable: WorkloadPatch = {
  kind: "workload-patch",
  name: "max-unavailable-0",
  file: "tunings/max-unavailable-0.yaml",
  setting: "strategy.rollingUpdate.maxUnavailable = 0",
  scope: "component",
  actsIn: IN_ROLLOUTS,
  note: "a rollout takes a pod away when its successor is ready; scaling down and evictions do not wait for anything",
};
const quit: WorkloadImage = {
  kind: "workload-image",
  name: "stop-signal-quit",
  image: "web-sigquit",
  setting: "STOPSIGNAL SIGQUIT",
  stopSignal: "SIGQUIT",
  scope: "pod-spec",
  actsIn: IN_WEB_PODS,
  note: "NGINX drops what it is doing on SIGTERM and finishes it on SIGQUIT",
};
const nextUpstream: ProxySetting = {
  kind: "proxy-setting",
  name: "next-upstream",
  setting: "proxy_next_upstream error timeout http_502 non_idempotent",
  scope: "component",
  actsIn: IN_PROXIES,
  note: "asks another pod when one fails, POST included, which may do it twice; a proxy that can't is asked nothing",
};

const shortGrace: WorkloadPatch = {
  kind: "workload-patch",
  name: "grace-period-1",
  file: "tunings/grace-period-1.yaml",
  setting: "terminationGracePeriodSeconds = 1",
  scope: "pod-spec",
  actsIn: IN_WEB_PODS,
  note: "it includes the preStop hook: its time is over in the middle of the sleep (the kubelet then grants 2 s once)",
};
/** It can't touch a request: whoever sees an effect of it sees noise. */
const placebo: WorkloadPatch = {
  kind: "workload-patch",
  name: "pod-annotation",
  file: "tunings/pod-annotation.yaml",
  setting: 'metadata.annotations["packetwalk.dev/placebo"] = "true"',
  scope: "pod-spec",
  actsIn: IN_WEB_PODS,
  note: "a placebo: an annotation of the pods that nobody reads",
};

/**
 * None has a native sleep with too short a grace period: the API server itself
 * refuses that ("must be non-negative and less than terminationGracePeriodSeconds").
 */
export const ROLLOUT_ARMS: Arms<RolloutTuning> = {
  baseline: [],
  article: [execSleep],
  "native-sleep": [nativeSleep],
  recommended: [nativeSleep, quit, readiness, gracePeriod, noneUnavailable, nextUpstream],
  placebo: [placebo],
  "article-short-grace": [execSleep, shortGrace],
  "stop-signal": [quit],
  "next-upstream": [nextUpstream],
};
