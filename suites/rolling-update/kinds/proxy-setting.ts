import type { V1Deployment } from "@kubernetes/client-node";
import { z } from "zod";
import { COMMON_FIELDS, readBack, undo } from "../../../runner/tunings/descriptor/fields.ts";
import { tuningKind } from "../../../runner/tunings/kinds/kind.ts";
import { IN_PROXIES, type ProxySetting } from "../tunings.ts";

const schema = z.strictObject({
  kind: z.literal("proxy-setting"),
  ...COMMON_FIELDS,
  scope: z.literal("component").describe("where it is set: in the proxies before the web pods"),
  actsIn: z.literal("proxies").describe("where it has to be to do what is claimed"),
  setting: z
    .literal("proxy_next_upstream error timeout http_502 non_idempotent")
    .describe("what proxies do when an upstream fails; each proxy's own form of it"),
  readBack: readBack("the live configuration of each path's proxies"),
  undo: undo("it goes with the proxies"),
});

export const proxySettingKind = tuningKind({
  name: "proxy-setting",
  schema,
  make: ({ setting, note }, { name }): ProxySetting => ({
    kind: "proxy-setting",
    scope: "component",
    name,
    setting,
    sets: [{ what: "what the proxies do when an upstream fails", value: setting }],
    actsIn: IN_PROXIES,
    note,
  }),
  asks: async () => {
    const { MANIFESTS } = await import("../stage/manifests.ts");
    const object = MANIFESTS.object<V1Deployment>("paths/nginx", "Deployment");
    return [{ kind: "admission", made: { resource: "deployments", object } }];
  },
});
