import { isIP } from "node:net";
import { z } from "zod";
import { COMMON_FIELDS, readBack, undo } from "../../../runner/tunings/descriptor/fields.ts";
import { tuningKind } from "../../../runner/tunings/kinds/kind.ts";
import type { Setting } from "../../../runner/tunings/tuning.ts";
import { DNS_POLICIES, type DnsPolicy } from "../stage/dns/client.ts";
import { ASKED_DNS, IN_GLIBC, IN_MUSL, IN_RESOLVERS, type PodDnsConfig } from "../tunings.ts";

/** For documentation (RFC 5737): nothing is asked of it. */
const SOME_SERVER = "192.0.2.1";

const ACTS_IN = { resolvers: IN_RESOLVERS, "glibc-resolvers": IN_GLIBC, "musl-resolvers": IN_MUSL } as const;

/** More than any resolver knows. */
const MOST_OPTIONS = 32;

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

const nameserver = z
  .string({ error: "is not text; write an IP address" })
  .refine((text) => isIP(text) !== 0, { error: "is not an IP address" });

/** As the API takes it: labels, with or without a final dot, or the root. */
const DOMAIN = /^(\.|[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?(\.[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?)*\.?)$/;
const search = z
  .string({ error: "is not text; write a domain" })
  .regex(DOMAIN, { error: "is not a domain in lower case" });

/** What the API takes. */
const MOST_NAMESERVERS = 3;
const MOST_SEARCHES = 32;

const listOf = <S extends z.ZodType>(each: S, how: string, one: string, most: number) =>
  z
    .array(each, { error: `is not a list; write ${how}` })
    .min(1, { error: `is empty; write at least one ${one}` })
    .max(most, { error: `is longer than the API takes; ${most} at most` });

const schema = z.strictObject({
  kind: z.literal("pod-dns-config"),
  ...COMMON_FIELDS,
  scope: z.literal("pod-spec").describe("where it is set: in the client pods' dnsConfig and dnsPolicy"),
  actsIn: z.enum(["resolvers", "glibc-resolvers", "musl-resolvers"]).describe("which libcs have to heed it"),
  dnsPolicy: z
    .enum(DNS_POLICIES)
    .optional()
    .describe("as in a pod's spec: ClusterFirst, if not given. With Default or None pods do not ask the cluster's DNS"),
  dnsConfig: z
    .strictObject({
      nameservers: listOf(nameserver, "- and an IP address", "address", MOST_NAMESERVERS)
        .optional()
        .describe("asked when those before them do not answer"),
      searches: listOf(search, "- and a domain", "domain", MOST_SEARCHES)
        .optional()
        .describe("beside those of the policy"),
      options: listOf(option, "- name: …, and value: … where it has one", "option", MOST_OPTIONS).optional(),
    })
    .optional()
    .describe("as in a pod's spec"),
  readBack: readBack("resolv.conf in each client pod, as its resolver heeds it"),
  undo: undo("it goes with the pods"),
});

export const podDnsConfigKind = tuningKind({
  name: "pod-dns-config",
  schema,
  make: ({ dnsPolicy, dnsConfig, actsIn, note }, { name, fault }): PodDnsConfig => {
    if (dnsConfig === undefined && dnsPolicy === undefined)
      throw fault(["kind"], "pod-dns-config changes nothing here; write dnsConfig or dnsPolicy");
    const { nameservers, searches, options = [] } = dnsConfig ?? {};
    if (dnsConfig !== undefined && !nameservers && !searches && options.length === 0)
      throw fault(["dnsConfig"], "sets nothing; write nameservers, searches or options");
    if (dnsPolicy === "None" && nameservers === undefined)
      throw fault(["dnsPolicy"], "None takes at least one of dnsConfig.nameservers; add it");
    const ndots = options.findIndex((each) => each.name === "ndots");
    const value = options[ndots]?.value;
    if (ndots >= 0 && value === undefined)
      throw fault(["dnsConfig", "options", ndots], "is without a value; ndots takes one");
    const again = options.findIndex((each, at) => options.findIndex((other) => other.name === each.name) < at);
    if (again >= 0)
      throw fault(["dnsConfig", "options", again], `has ${options[again]?.name} a second time; take one of them out`);
    return {
      kind: "pod-dns-config",
      scope: "pod-spec",
      name,
      change: {
        ...(dnsPolicy === undefined ? {} : { policy: dnsPolicy }),
        ...(nameservers === undefined ? {} : { nameservers }),
        ...(searches === undefined ? {} : { searches }),
        ...(value === undefined ? {} : { ndots: Number(value) }),
        ...(options.some(isOther) ? { options: options.filter(isOther).map(inResolvConf) } : {}),
      },
      setting: [
        ...(dnsPolicy === undefined ? [] : [`dnsPolicy = ${dnsPolicy}`]),
        ...(nameservers === undefined ? [] : [`dnsConfig.nameservers: ${nameservers.join(", ")}`]),
        ...(searches === undefined ? [] : [`dnsConfig.searches: ${searches.join(", ")}`]),
        ...(options.length === 0 ? [] : [`dnsConfig.options: ${options.map(inWords).join(", ")}`]),
      ].join("; "),
      sets: [
        ...(dnsPolicy === undefined ? [] : setsOfPolicy(dnsPolicy)),
        ...(nameservers === undefined ? [] : [inPods("nameservers", nameservers.join(" "))]),
        ...(searches === undefined ? [] : [inPods("searches", searches.join(" "))]),
        ...options.map((each) => inPods(`option ${each.name}`, each.value ?? "on")),
      ],
      actsIn: ACTS_IN[actsIn],
      note,
    };
  },
  asks: async ({ change }) => {
    const { loadPod } = await import("../../../runner/workloads/load-pod.ts");
    const { podDns, resolverWith } = await import("../stage/dns/client.ts");
    const spec = podDns(SOME_SERVER, resolverWith("default", [change]));
    return [{ kind: "admission", made: { resource: "pods", object: loadPod(spec) } }];
  },
});

function inPods(field: string, value: string): Setting {
  return { what: `dnsConfig ${field} of the client pods`, value };
}

/** With some no pod asks what stands for the cluster's DNS, wherever that is. */
function setsOfPolicy(policy: DnsPolicy): Setting[] {
  const asks =
    policy === "Default" || policy === "None" ? [{ what: ASKED_DNS, value: `that of dnsPolicy ${policy}` }] : [];
  return [{ what: "dnsPolicy of the client pods", value: policy }, ...asks];
}

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
