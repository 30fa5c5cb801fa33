import { z } from "zod";
import { COMMON_FIELDS, readBack, undo } from "../../../runner/tunings/descriptor/fields.ts";
import { tuningKind } from "../../../runner/tunings/kinds/kind.ts";
import { ON_OVERLAY, type OverlayOffload } from "../tunings.ts";

const FEATURE = "tx-checksum-ip-generic";

const schema = z.strictObject({
  kind: z.literal("overlay-offload"),
  ...COMMON_FIELDS,
  scope: z.literal("node").describe("where it is set: on the overlay’s device, and on no other"),
  actsIn: z.literal("overlay-device").describe("where it has to be to do what is claimed"),
  feature: z
    .literal(FEATURE, { error: `is not ${FEATURE}, the only one that this kind sets` })
    .describe("as ethtool -K calls it"),
  value: z.enum(["on", "off"], { error: 'is neither "on" nor "off"; write it in quotes' }),
  readBack: readBack("the feature in force, as ethtool -k shows it, on each node"),
  undo: undo("the value from before, which is journalled; it goes with a device that was made"),
});

export const overlayOffloadKind = tuningKind({
  name: "overlay-offload",
  schema,
  make: ({ value, note }, { name }): OverlayOffload => ({
    kind: "overlay-offload",
    scope: "node",
    name,
    value,
    setting: `ethtool -K OVERLAY ${FEATURE} ${value}`,
    sets: [{ what: `${FEATURE} of the overlay’s device`, value }],
    actsIn: ON_OVERLAY,
    note,
    nodeChange: `sets ${FEATURE} of the overlay’s device on two nodes`,
  }),
  asks: async () => [{ kind: "agents" }],
});
