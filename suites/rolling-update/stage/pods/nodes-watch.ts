import type { V1Pod } from "@kubernetes/client-node";
import type { NodeRecord } from "./pod-timeline-node.ts";

/** Who tells what becomes of the processes in pods, and of the rules that lead to them. */
export interface NodesWatch {
  /** The API shows a pod so. @param containerId of its main container, while that runs */
  present(pod: V1Pod, containerId: string | undefined): void;
  /** Whether some node's rules are seen to lead to this address still. */
  leadsTo(ip: string): boolean;
  /** Ends the watch; what it told, node by node. */
  end(): Promise<NodeRecord[]>;
}
