import { formatCount, plural } from "../../../reports/view/format.ts";
import type { Said } from "../../../runner/result/said.ts";
import type { OverlayNote } from "../analysis/notes.ts";

/** What is said of a prediction or of the premise, in a clause. */
export function overlayWords(said: Said): string {
  const note = said as OverlayNote;
  switch (note.kind) {
    case "other-path":
      return (
        `in round ${note.round} arm ${note.arm} asked for ${note.wanted === "vxlan" ? "VXLAN" : "direct routes"}, and its packets ` +
        `${TOOK[note.took]} (${plural(note.tunnelPackets, "packet")} sent into the tunnel over ${plural(note.requests, "request")})`
      );
    case "path-unclear":
      return (
        `in round ${note.round} of arm ${note.arm} some packets took a tunnel and some did not ` +
        `(${plural(note.tunnelPackets, "packet")} sent into it over ${plural(note.requests, "request")}): which path was measured is not known`
      );
    case "by-headers":
      return `by the share of payload on the wire, with an MTU of ${formatCount(note.mtu)} against ${formatCount(note.otherMtu)} bytes: where the wire is what limits`;
    case "by-cpu":
      return "by the kernel's CPU time for each request of the load: where the CPU is what limits";
    case "each-once":
      return "as many as the node's own device carries: each packet passes the tunnel once";
    case "past-the-tunnel":
      return "none, on a direct path";
  }
  throw new Error(`overlay-tax never says ${said.kind}`);
}

const TOOK = {
  direct: "took no tunnel",
  tunnel: "took a tunnel of another kind",
  unclear: "did not all take the same path",
} as const;
