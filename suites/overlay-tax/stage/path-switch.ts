import type { ArmPlan } from "../../../runner/experiment/arms.ts";
import type { Scope } from "../../../runner/experiment/block/scope.ts";
import { choosePath, type PathSpec, planPath } from "../../../runner/probes/pod-path.ts";
import { type OverlayTuning, pathOf, txChecksumOf } from "../tunings.ts";
import { type End, type OverlayStage, peerOf } from "./overlay-stage.ts";

/**
 * Has both nodes lead packets to each other's pods as the arm wants; the block's end undoes it. Nothing is changed where it is
 * so already.
 * @throws EnvironmentError where a path can't be chosen: the arm would be another one
 */
export async function switchPath(
  { agents, changes, ends }: Pick<OverlayStage, "agents" | "changes" | "ends">,
  arm: Pick<ArmPlan<OverlayTuning>, "tunings">,
  scope: Scope,
): Promise<void> {
  const [path, txChecksum] = [pathOf(arm.tunings), txChecksumOf(arm.tunings)];
  if (path === null && txChecksum === null) return;
  const specs = [specOf(ends.client, ends.server), specOf(ends.server, ends.client)].map(({ node, spec }) => ({
    node,
    spec: { ...spec, ...(path === null ? {} : { path }), ...(txChecksum === null ? {} : { txChecksum }) },
  }));
  // Both are asked before either is changed.
  const planned = await Promise.all(
    specs.map(async (each) => ({ ...each, before: await planPath(agents, each.node, each.spec) })),
  );
  const toChange = planned.filter(
    ({ before }) => before.device !== "" || before.routes.length > 0 || before.offloads.length > 0,
  );
  if (toChange.length === 0) return;
  scope.defer(() => changes.revert("pod-path"));
  for (const { node, before } of toChange) changes.record({ change: "pod-path", node, before });
  await Promise.all(toChange.map(({ node, spec, before }) => choosePath(agents, node, spec, before)));
}

function specOf(self: End, peer: End): { readonly node: string; readonly spec: PathSpec } {
  return { node: self.name, spec: { self: peerOf(self), peers: [peerOf(peer)] } };
}
