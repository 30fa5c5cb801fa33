import type { Cluster } from "../../cluster/cluster.ts";
import { askPod } from "../../probes/pod-http.ts";
import { parsePrometheus, type Sample, sumOf } from "../../probes/prometheus.ts";
import type { EtcdMetrics } from "../inside/state.ts";
import { runningPods } from "./dns-metrics.ts";

const NAMESPACE = "kube-system";
/** kubeadm's --listen-metrics-urls, which others can reach only where it is not on 127.0.0.1. */
const PORT = 2381;
const FSYNC = "etcd_disk_wal_fsync_duration_seconds_bucket";

/** @throws Error in words that say why they are not known */
export async function readEtcd(cluster: Cluster): Promise<EtcdMetrics> {
  const pods = await runningPods(cluster, "component=etcd");
  if (pods.length === 0) throw new Error(`no pod component=etcd runs in ${NAMESPACE}: it is kept elsewhere`);
  const members = await Promise.all(
    pods.map(async (pod) => {
      const text = await askPod(
        cluster,
        { namespace: NAMESPACE, pod, port: PORT },
        { method: "GET", path: "/metrics" },
      );
      return etcdMember(pod, parsePrometheus(text));
    }),
  );
  return { members };
}

/** @throws Error where it has counted no write */
export function etcdMember(pod: string, samples: readonly Sample[]): EtcdMetrics["members"][number] {
  const p99S = quantile(samples, 0.99);
  if (p99S === undefined) throw new Error(`pod ${pod} tells no ${FSYNC}`);
  return {
    pod,
    fsyncP99Ms: p99S === null ? null : p99S * 1000,
    leaderChanges: sumOf(samples, "etcd_server_leader_changes_seen_total"),
  };
}

/** As Prometheus's histogram_quantile works it out; null: above the last bound. */
function quantile(samples: readonly Sample[], share: number): number | null | undefined {
  const buckets = samples
    .filter(({ name }) => name === FSYNC)
    .map(({ labels, value }) => ({
      bound: labels.le === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels.le),
      upTo: value,
    }))
    .sort((a, b) => a.bound - b.bound);
  const wanted = share * (buckets.at(-1)?.upTo ?? 0);
  const index = buckets.findIndex(({ upTo }) => upTo >= wanted);
  const bucket = buckets[index];
  if (wanted === 0 || bucket === undefined) return undefined;
  if (!Number.isFinite(bucket.bound)) return null;
  const { bound: from, upTo: before } = buckets[index - 1] ?? { bound: 0, upTo: 0 };
  return from + ((wanted - before) / (bucket.upTo - before)) * (bucket.bound - from);
}
