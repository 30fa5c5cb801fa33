import { deployLoad, type Load, type LoadOptions } from "../../../runner/load/load.ts";
import type { Target } from "../../../runner/load/one-request.ts";
import type { Path } from "./paths/path.ts";
import type { RolloutStage } from "./rollout-stage.ts";

const SLICE_MS = 250;
const GATE_TIMEOUT_MS = 120_000;

interface RolloutLoad extends Pick<LoadOptions<unknown>, "onTimeline"> {
  readonly name: string;
  readonly paths: readonly Path[];
}

export function targetOf({ name, address, host, urlPath }: Path): Target {
  return { name, address, host, path: urlPath };
}

/** Requests through the paths in turn, GET and POST; its workers wait at their gates. */
export function deployRolloutLoad(
  stage: RolloutStage,
  { name, paths, onTimeline = () => undefined }: RolloutLoad,
): Promise<Load> {
  const { load } = stage.plan;
  const [first, ...others] = paths.map(targetOf);
  if (!first) throw new Error("there is no path");
  return deployLoad(stage.cluster, {
    name,
    engine: stage.engine,
    task: { targets: [first, ...others], methods: ["GET", "POST"] },
    image: stage.loadImage,
    delivery: stage.delivery,
    load,
    seed: stage.seed,
    nodes: load.placement === "one-node" ? [stage.nodes.client] : stage.nodes.open,
    podSysctls: [],
    sliceMs: SLICE_MS,
    gateTimeoutMs: GATE_TIMEOUT_MS,
    onTimeline,
    signal: stage.signal,
  });
}
