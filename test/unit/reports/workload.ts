import type { Result } from "../../../runner/result/result.ts";
import type { WorkloadTry } from "../../../runner/result/workload.ts";

const TRIED: WorkloadTry = {
  ...{ kind: "Deployment", namespace: "shop", name: "web", container: "app", rollout: "done" },
  tunings: [
    {
      name: "prestop-native-sleep-10",
      setting: "lifecycle.preStop.sleep.seconds = 10",
      arrival: "arrived",
      because: null,
      readBacks: [
        { where: "2 pods’ specs, spec.containers[app].lifecycle.preStop.sleep.seconds", wanted: "10", got: "10" },
      ],
    },
    {
      name: "pod-fastopen-3",
      setting: "net.ipv4.tcp_fastopen = 3",
      arrival: "refused",
      because: 'SysctlForbidden: forbidden sysctl: "net.ipv4.tcp_fastopen" not allowlisted <b>',
      readBacks: [],
    },
  ],
  differs: [],
};

/** The same result, with the tuned arm tried on a workload of the user's. */
export function onWorkload(result: Result, more: Partial<WorkloadTry> = {}): Result {
  return { ...result, workload: { ...TRIED, ...more } };
}
