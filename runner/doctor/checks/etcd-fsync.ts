import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { count, several } from "../numbers.ts";
import { reads } from "../proofs.ts";

/** etcd's own documentation: the 99th percentile of wal_fsync should be below 10 ms; an election begins after 1 s. */
const SLOW_MS = 10;
const ELECTION_MS = 1000;

export const etcdFsync = defineCheck({
  name: "etcd-fsync",
  hop: "control-plane",
  title: "an etcd whose disk is slow",
  reads: ["etcd"],
  find({ etcd }) {
    return etcd.members.flatMap(({ pod, fsyncP99Ms, leaderChanges }): Found[] => {
      if (fsyncP99Ms !== null && fsyncP99Ms < SLOW_MS) return [];
      const p99 = fsyncP99Ms === null ? "more than it measures" : `${count(fsyncP99Ms)} ms`;
      return [
        {
          severity: fsyncP99Ms === null || fsyncP99Ms >= ELECTION_MS ? "critical" : "warning",
          subject: `pod kube-system/${pod}`,
          value: `the 99th percentile of its log's fsync is ${p99}; ${several(leaderChanges, "change")} of the leader`,
          readFrom: "etcd_disk_wal_fsync_duration_seconds, since it started",
          consequence: `each write to the API waits for it, endpoints in a rollout among them; a stall of ${count(ELECTION_MS)} ms costs the leader, and with it the API for seconds`,
          remedy: { words: "a disk of its own whose writes survive a power failure; nothing else that syncs there" },
          proof: reads`get --raw /api/v1/namespaces/kube-system/pods/${pod}:2381/proxy/metrics`,
        },
      ];
    });
  },
});
