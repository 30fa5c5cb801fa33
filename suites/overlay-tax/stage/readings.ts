import { type PathState, readPath } from "../../../runner/probes/pod-path.ts";
import type { OverlayStage } from "./overlay-stage.ts";

/** Both nodes at one time. */
export interface Readings {
  readonly client: PathState;
  readonly server: PathState;
}

/** @param loadPods UIDs of the load's own, on the client's node */
export async function readBoth(
  { agents, ends, pair, web }: OverlayStage,
  loadPods: readonly string[],
): Promise<Readings> {
  const [client, server] = await Promise.all([
    readPath(agents, ends.client.name, {
      self: ends.client.address,
      pods: [pair.client.uid, ...loadPods],
      to: [pair.server.ip, web.ip],
    }),
    readPath(agents, ends.server.name, {
      self: ends.server.address,
      pods: [pair.server.uid, web.uid],
      to: [pair.client.ip],
    }),
  ]);
  return { client, server };
}
