/** By which a run's runner says, again and again, that it lives: a Lease in the run's namespace. */
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, CoordinationV1Api, type V1Lease, V1MicroTime } from "@kubernetes/client-node";
import { EnvironmentError } from "../errors.ts";
import type { Lifetime } from "../lifetime.ts";
import { apiReason, type Cluster } from "./cluster.ts";
import { beforeApply, ownedByLent } from "./lent-namespace.ts";
import { madeByRun, marked } from "./ours.ts";
import { MERGING, whileLiving } from "./while-living.ts";

export const LEASE = "packetwalk";
const RENEW_MS = 15_000;
/** One that was not renewed for so long has no runner any more, even if a renewal or two were late. */
const SILENCE_MS = 3 * RENEW_MS;

/**
 * Takes the namespace's Lease and renews it.
 * @returns false where the user may not have Leases: nobody can tell then whether this runner lives
 * @throws EnvironmentError if another runner has it, with who
 */
export async function holdLease(cluster: Cluster, lifetime: Lifetime): Promise<boolean> {
  const { namespace } = cluster;
  const leases = cluster.kubeconfig.makeApiClient(CoordinationV1Api);
  const body = ownedByLent(cluster, madeByRun(lease(namespace), cluster.run));
  try {
    await beforeApply(cluster, body);
    await leases.createNamespacedLease({ namespace, body });
  } catch (error) {
    if (error instanceof ApiException && error.code === 403) return false;
    const other = error instanceof ApiException && error.code === 409 ? await readLease(cluster) : undefined;
    if (other) {
      throw new EnvironmentError(
        `namespace ${namespace} is in use by ${holderWords(other)}; let it finish, or run packetwalk restore`,
      );
    }
    throw new EnvironmentError(`the Lease in namespace ${namespace} can't be created: ${apiReason(error)}`);
  }
  void renewOn(leases, namespace, lifetime);
  return true;
}

/** Undefined: there is none, or it may not be read. */
export async function readLease({ kubeconfig, namespace }: Cluster): Promise<V1Lease | undefined> {
  const leases = kubeconfig.makeApiClient(CoordinationV1Api);
  return leases.readNamespacedLease({ name: LEASE, namespace }).catch(() => undefined);
}

/**
 * Whether its runner renews it: watched for as long as that takes, since the clocks of two machines need not agree.
 * @param old has been read just now
 */
export async function isRenewed(cluster: Cluster, old: V1Lease): Promise<boolean> {
  const renewed = String(old.spec?.renewTime);
  for (const untilMs = performance.now() + SILENCE_MS; performance.now() < untilMs; await sleep(1_000)) {
    const now = await readLease(cluster);
    if (now === undefined) return false;
    if (String(now.spec?.renewTime) !== renewed) return true;
  }
  return false;
}

/** Who has it, and whether that one seems to live, by this machine's clock. */
export function holderWords({ spec }: V1Lease): string {
  const silentMs = Date.now() - Number(spec?.renewTime ?? 0);
  const heard = silentMs > SILENCE_MS ? `, not heard of for ${Math.round(silentMs / 1000)} s` : "";
  return `${spec?.holderIdentity}${heard}`;
}

function lease(namespace: string): V1Lease {
  const now = new V1MicroTime();
  return marked({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: LEASE, namespace },
    spec: {
      holderIdentity: `process ${process.pid} on ${hostname()}, since ${now.toISOString()}`,
      leaseDurationSeconds: SILENCE_MS / 1000,
      acquireTime: now,
      renewTime: now,
    },
  });
}

function renewOn(leases: CoordinationV1Api, namespace: string, lifetime: Lifetime): Promise<void> {
  const renew = () => {
    const body = { spec: { renewTime: new V1MicroTime() } };
    return leases.patchNamespacedLease({ name: LEASE, namespace, body }, MERGING);
  };
  const gone = `namespace ${namespace} was taken down by somebody else while this run was at work`;
  return whileLiving(RENEW_MS, lifetime, renew, gone);
}
