import { text } from "node:stream/consumers";
import { z } from "zod";
import { atMost } from "../../at-most.ts";
import { apiUrl, exchange } from "../../cluster/access/exchange.ts";
import { answerWords } from "../../cluster/answer-words.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { reasonOf } from "../../errors.ts";
import type { Kubelet } from "./facts.ts";

/** Kubelets of one cluster are mostly set up alike; of a large one so many tell enough. */
export const MOST_KUBELETS = 20;
const AT_ONCE = 8;
/** The API server waits much longer for a kubelet that it can't reach. */
const LIMIT_MS = 3_000;

const CONFIGZ = z.object({
  kubeletconfig: z.object({ allowedUnsafeSysctls: z.array(z.string()).nullish() }),
});

/** Asks kubelets what they are set up with, through the API server; by node. */
export async function readKubelets(cluster: Cluster, nodes: readonly string[]): Promise<ReadonlyMap<string, Kubelet>> {
  const asked = nodes.slice(0, MOST_KUBELETS);
  const read = await atMost(AT_ONCE, asked, async (node) => [node, await readKubelet(cluster, node)] as const);
  return new Map(read);
}

async function readKubelet({ kubeconfig }: Cluster, node: string): Promise<Kubelet> {
  try {
    const url = apiUrl(kubeconfig, `/api/v1/nodes/${encodeURIComponent(node)}/proxy/configz`);
    const { status, headers, body: stream } = await exchange(kubeconfig, { method: "GET", url, limitMs: LIMIT_MS });
    const body = await text(stream);
    if (status !== 200) return { unread: answerWords({ status, contentType: headers["content-type"], body }) };
    return configIn(body);
  } catch (error) {
    return { unread: reasonOf(error) };
  }
}

/** Pure: what an answer of /configz says. */
export function configIn(body: string): Kubelet {
  try {
    const { kubeletconfig } = CONFIGZ.parse(JSON.parse(body));
    return { allowedUnsafeSysctls: kubeletconfig.allowedUnsafeSysctls ?? [] };
  } catch {
    return { unread: "what it answers is not a kubelet's configuration" };
  }
}
