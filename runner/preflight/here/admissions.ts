import type { V1PodSpec } from "@kubernetes/client-node";
import { atMost } from "../../at-most.ts";
import { withUsersOf } from "../../cluster/assigned-users.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Made } from "../../tunings/asks.ts";
import type { Review } from "../access.ts";
import type { Admission } from "../admission.ts";
import { refusal } from "../dry-run.ts";
import { madeKey } from "./facts.ts";

const AT_ONCE = 8;
/** Of nobody's: an object of the user's may have the name of one of ours. */
const NAME = "packetwalk-tuning";

/** Where and from what image it is tried. */
export interface Trying {
  readonly namespace: string;
  /** That is our namespace, or the user's own: its labels and quotas are those that a run has. */
  readonly there: boolean;
  readonly image: string;
}

/** Tries each without making it, where we may make such objects at all. */
export async function tryAdmissions(
  cluster: Cluster,
  made: readonly Made[],
  trying: Trying,
  mayCreate: Readonly<Record<Made["resource"], Review | undefined>>,
): Promise<ReadonlyMap<string, Admission>> {
  const once = [...new Map(made.map((each) => [madeKey(each), each]))];
  const tried = await atMost(AT_ONCE, once, async ([key, each]): Promise<readonly [string, Admission]> => {
    const review = mayCreate[each.resource];
    if (review && !review.allowed) return [key, { state: "unknown", says: notAllowed(review) }];
    return [key, await tryOne(cluster, each, trying)];
  });
  return new Map(tried);
}

/** Why something is not known for want of a right. */
export function notAllowed({ verb, resource, says }: Review): string {
  return `you may not ${verb} ${resource}${says === "" ? "" : `: ${says}`}`;
}

async function tryOne(cluster: Cluster, asked: Made, { namespace, there, image }: Trying): Promise<Admission> {
  const { core, apps } = cluster;
  const made = await withUsersOf(cluster, asked);
  // A field that the API server does not know it would drop without a word.
  const how = { namespace, dryRun: "All", fieldValidation: "Strict" };
  try {
    if (made.resource === "pods") {
      const { metadata, spec } = made.object;
      if (!spec) throw new Error("a pod without a spec can't be tried");
      const body = { metadata: named(metadata), spec: { ...withImage(spec, image), restartPolicy: "Never" } };
      await core.createNamespacedPod({ ...how, body });
    } else {
      const { metadata, spec } = made.object;
      const pod = spec?.template.spec;
      if (!pod) throw new Error("a Deployment without a pod template can't be tried");
      const template = { ...spec.template, spec: withImage(pod, image) };
      await apps.createNamespacedDeployment({
        ...how,
        body: { metadata: named(metadata), spec: { ...spec, template } },
      });
    }
    return { state: "accepted" };
  } catch (error) {
    return refusal(error, there);
  }
}

interface Marks {
  readonly labels?: { [key: string]: string };
  readonly annotations?: { [key: string]: string };
}

function named({ labels, annotations }: Marks = {}) {
  return { name: NAME, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) };
}

/** Manifests have a word where the image goes. */
function withImage(spec: V1PodSpec, image: string): V1PodSpec {
  const placed = (name: string | undefined) => (name !== undefined && /[/:]/.test(name) ? name : image);
  return { ...spec, containers: spec.containers.map((each) => ({ ...each, image: placed(each.image) })) };
}
