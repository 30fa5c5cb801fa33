/**
 * OpenShift gives each namespace a range of users of its own, and refuses pods that name another (SCC restricted-v2). Ours name one, since
 * elsewhere "not root" alone is refused of images whose user is root or has a name.
 */
import { CustomObjectsApi, type KubeConfig } from "@kubernetes/client-node";
import { type Cluster, isNotFound } from "./cluster.ts";

/** In all of our manifests; a user that others chose stays. */
const OURS = 65532;
const NAMED = ["runAsUser", "runAsGroup", "fsGroup"] as const;

/** Pure: the object without the users that our manifests name; itself where they name none. */
export function withoutOurUsers<T>(object: T): T {
  return stripped(object) as T;
}

function stripped(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(stripped);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value);
  const kept = fields.filter(([name, field]) => field !== OURS || !NAMED.some((each) => each === name));
  const within = kept.map(([name, field]) => [name, stripped(field)] as const);
  const isSame = kept.length === fields.length && within.every(([, field], index) => field === kept[index]?.[1]);
  return isSame ? value : Object.fromEntries(within);
}

const asked = new WeakMap<KubeConfig, Promise<boolean>>();

/** Whether the cluster has OpenShift's SecurityContextConstraints, by which a namespace's pods get users of its own. */
export function assignsUsers({ kubeconfig }: Pick<Cluster, "kubeconfig">): Promise<boolean> {
  const known = asked.get(kubeconfig);
  if (known) return known;
  const asking = kubeconfig
    .makeApiClient(CustomObjectsApi)
    .getAPIResources({ group: "security.openshift.io", version: "v1" })
    .then(
      () => true,
      (error: unknown) => {
        // An API that does not answer is asked again.
        if (!isNotFound(error)) asked.delete(kubeconfig);
        return false;
      },
    );
  asked.set(kubeconfig, asking);
  return asking;
}

/** An object as its pods may run here. */
export async function withUsersOf<T>(cluster: Pick<Cluster, "kubeconfig">, object: T): Promise<T> {
  const without = withoutOurUsers(object);
  return without === object || !(await assignsUsers(cluster)) ? object : without;
}
