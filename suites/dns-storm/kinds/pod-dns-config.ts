import { z } from "zod";
import { COMMON_FIELDS, readBack, undo } from "../../../runner/tunings/descriptor/fields.ts";
import { tuningKind } from "../../../runner/tunings/kinds/kind.ts";
import { IN_GLIBC, IN_MUSL, IN_RESOLVERS, type PodDnsConfig } from "../tunings.ts";

/** For documentation (RFC 5737): nothing is asked of it. */
const SOME_SERVER = "192.0.2.1";

const ACTS_IN = { resolvers: IN_RESOLVERS, "glibc-resolvers": IN_GLIBC, "musl-resolvers": IN_MUSL } as const;

const option = z.strictObject({
  name: z
    .string({ error: "is not text; write the option's name" })
    .regex(/^[a-z0-9-]+$/, { error: "is not an option of resolv.conf" }),
  value: z
    .union([z.string(), z.number()], { error: "is neither text nor a number" })
    .transform(String)
    .refine((text) => /^\d+$/.test(text), {
      error: "is not a number; options of resolv.conf have whole numbers or nothing",
    })
    .optional(),
});
type Option = z.output<typeof option>;

const schema = z.strictObject({
  kind: z.literal("pod-dns-config"),
  ...COMMON_FIELDS,
  scope: z.literal("pod-spec").describe("where it is set: in the client pods' dnsConfig"),
  actsIn: z.enum(["resolvers", "glibc-resolvers", "musl-resolvers"]).describe("which libcs have to heed it"),
  dnsConfig: z
    .strictObject({
      options: z
        .array(option, { error: "is not a list; write - name: …, and value: … where it has one" })
        .min(1, { error: "is empty; write at least one option" }),
    })
    .describe("as in a pod's spec"),
  readBack: readBack("resolv.conf in each client pod, as its resolver heeds it"),
  undo: undo("it goes with the pods"),
});

export const podDnsConfigKind = tuningKind({
  name: "pod-dns-config",
  schema,
  make: ({ dnsConfig: { options }, actsIn, note }, { name, fault }): PodDnsConfig => {
    const ndots = options.findIndex((each) => each.name === "ndots");
    const value = options[ndots]?.value;
    if (ndots >= 0 && value === undefined)
      throw fault(["dnsConfig", "options", ndots], "is without a value; ndots takes one");
    return {
      kind: "pod-dns-config",
      scope: "pod-spec",
      name,
      change: {
        ...(value === undefined ? {} : { ndots: Number(value) }),
        ...(options.some(isOther) ? { options: options.filter(isOther).map(inResolvConf) } : {}),
      },
      setting: `dnsConfig.options: ${options.map(inWords).join(", ")}`,
      sets: options.map((each) => ({
        what: `dnsConfig option ${each.name} of the client pods`,
        value: each.value ?? "on",
      })),
      actsIn: ACTS_IN[actsIn],
      note,
    };
  },
  asks: async ({ change: { ndots, options = [] } }) => {
    const { loadPod } = await import("../../../runner/workloads/load-pod.ts");
    const { clusterFirst, podDns } = await import("../stage/dns/client.ts");
    const usual = clusterFirst("default");
    const spec = podDns(SOME_SERVER, { ...usual, ndots: ndots ?? usual.ndots, options });
    return [{ kind: "admission", made: { resource: "pods", object: loadPod(spec) } }];
  },
});

/** Of ndots a pod has one in any case. */
function isOther({ name }: Option): boolean {
  return name !== "ndots";
}

function inResolvConf({ name, value }: Option): string {
  return value === undefined ? name : `${name}:${value}`;
}

function inWords({ name, value }: Option): string {
  return value === undefined ? name : `${name} = ${value}`;
}
