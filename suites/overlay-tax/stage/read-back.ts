import type { PathState } from "../../../runner/probes/pod-path.ts";
import type { ReadBack } from "../../../runner/tunings/read-back.ts";
import type { OverlayTuning } from "../tunings.ts";
import type { OverlayStage } from "./overlay-stage.ts";
import type { Readings } from "./readings.ts";

/** What of the arm's tunings is in force on each node, as its kernel says. */
export function readBackArm(
  tunings: readonly OverlayTuning[],
  ends: OverlayStage["ends"],
  readings: Readings,
): ReadBack[] {
  const both = [
    { node: ends.client.name, state: readings.client },
    { node: ends.server.name, state: readings.server },
  ];
  return tunings.flatMap((tuning) =>
    both.map(({ node, state }): ReadBack => {
      const where = `node ${node}`;
      return tuning.kind === "pod-path"
        ? { tuning: tuning.name, place: "route", where, wanted: tuning.path, got: pathIn(state) }
        : { tuning: tuning.name, place: "overlay-device", where, wanted: tuning.value, got: checksumIn(state) };
    }),
  );
}

function pathIn({ ways }: PathState): string | null {
  const [way] = ways;
  if (!way) return null;
  return way.tunnel ? way.kind : "direct";
}

function checksumIn({ ways, links }: PathState): string | null {
  const on = links.find(({ name }) => name === ways[0]?.device)?.txChecksum ?? null;
  if (on === null) return null;
  return on ? "on" : "off";
}
