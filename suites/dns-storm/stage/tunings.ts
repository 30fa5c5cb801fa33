/** What an arm's tunings come to for the DNS under test and for those who ask it; and what was found of them. Pure. */

import type { ReadBack } from "../../../runner/tunings/read-back.ts";
import { type ResolvConf, readResolvConf, withoutDot } from "../analysis/resolv-conf.ts";
import type { ResolverName } from "../result/resolvers.ts";
import { type DnsPlace, type DnsTuning, NODE_LOCAL_ADDRESS, type PodDnsConfig } from "../tunings.ts";
import { type DnsPolicy, type ResolverOptions, resolverWith } from "./dns/client.ts";
import { corefile } from "./dns/corefile.ts";
import { type DnsOptions, USUAL_DNS } from "./dns/server.ts";

export interface DnsPlan {
  readonly resolver: ResolverOptions;
  readonly server: DnsOptions;
  /** Clients ask a cache on their node. */
  readonly nodeCache: boolean;
  /** Names are asked for in full, with their final dot. */
  readonly fullNames: boolean;
}

/**
 * @param namespace of the pods that ask
 * @param usual how the DNS under test is deployed without tunings, faults included
 */
export function dnsPlanOf(tunings: readonly DnsTuning[], namespace: string, usual: DnsOptions = USUAL_DNS): DnsPlan {
  const changes = tunings.flatMap((tuning) => (tuning.kind === "pod-dns-config" ? [tuning.change] : []));
  let server = usual;
  for (const tuning of tunings) if (tuning.kind === "dns-component") server = { ...server, ...tuning.change };
  return {
    resolver: resolverWith(namespace, changes),
    server,
    nodeCache: tunings.some(({ kind }) => kind === "node-dns"),
    fullNames: tunings.some(({ kind }) => kind === "lookup-names"),
  };
}

/** A resolver in a client pod, with what it had and what it was asked for. */
export interface FoundResolver {
  readonly where: string;
  readonly resolver: ResolverName;
  readonly resolvConf: string;
  readonly names: readonly string[];
}

const PLACES: Readonly<Record<ResolverName, DnsPlace | null>> = {
  glibc: "glibc-resolvers",
  musl: "musl-resolvers",
  node: "node-resolvers",
  "node-c-ares": null,
};

/**
 * Whether each resolver has, and heeds, what an arm gave it.
 * @param clusterDns address of what stands for the cluster's DNS; not given: whether it is asked is not told
 */
export function readBackResolvers(
  tunings: readonly DnsTuning[],
  found: readonly FoundResolver[],
  clusterDns?: string,
): ReadBack[] {
  return found.flatMap((each) => {
    const place = PLACES[each.resolver];
    if (place === null) return [];
    const among = place.replace("-", " ");
    return tunings.flatMap((tuning) =>
      valuesOf(tuning, each, clusterDns).map((value) => ({
        tuning: tuning.name,
        place,
        among,
        where: each.where,
        ...value,
      })),
    );
  });
}

interface Value {
  readonly wanted: string;
  readonly got: string | null;
}

function valuesOf(
  tuning: DnsTuning,
  { resolver, resolvConf, names }: FoundResolver,
  clusterDns: string | undefined,
): Value[] {
  switch (tuning.kind) {
    case "pod-dns-config":
      return [
        ...optionsOf(tuning).map((wanted) => ({ wanted, got: heeded(wanted, resolvConf, resolver) })),
        ...beside(tuning, readResolvConf(resolvConf, resolver), clusterDns),
      ];
    case "node-dns": {
      const servers = readResolvConf(resolvConf, resolver).nameservers;
      return [{ wanted: `nameserver ${NODE_LOCAL_ADDRESS}`, got: `nameserver ${servers.join(" ")}` }];
    }
    case "lookup-names": {
      const bare = names.filter((name) => !name.endsWith("."));
      const wanted = "every name with its final dot";
      return [{ wanted, got: bare.length === 0 ? wanted : `without it: ${bare.join(", ")}` }];
    }
    case "dns-component":
      return [];
  }
}

/** What it says beside options, and what of that this resolver has. */
function beside(
  { change: { nameservers = [], searches = [], policy } }: PodDnsConfig,
  conf: ResolvConf,
  clusterDns: string | undefined,
): Value[] {
  const servers = nameservers.map((server): Value => {
    const has = conf.nameservers.includes(server);
    return { wanted: `nameserver ${server}`, got: `nameserver ${has ? server : conf.nameservers.join(" ")}` };
  });
  const lacks = searches.map(withoutDot).some((domain) => !conf.search.includes(domain));
  const wanted = `search ${searches.join(" ")}`;
  return [
    ...servers,
    ...(searches.length === 0 ? [] : [{ wanted, got: lacks ? `search ${conf.search.join(" ")}` : wanted }]),
    ...(policy === undefined ? [] : [asked(policy, conf, clusterDns)]),
  ];
}

function asked(policy: DnsPolicy, { nameservers }: ResolvConf, clusterDns: string | undefined): Value {
  const words = (isAsked: boolean) => (isAsked ? "asks the cluster's DNS" : "does not ask the cluster's DNS");
  return {
    wanted: words(policy !== "Default" && policy !== "None"),
    got: clusterDns === undefined ? null : words(nameservers.includes(clusterDns)),
  };
}

function optionsOf({ change }: PodDnsConfig): string[] {
  return [...(change.ndots === undefined ? [] : [`ndots:${change.ndots}`]), ...(change.options ?? [])];
}

/** The option as this resolver takes it. */
function heeded(option: string, resolvConf: string, resolver: ResolverName): string {
  const conf = readResolvConf(resolvConf, resolver);
  const [name = ""] = option.split(":");
  const values: Readonly<Record<string, number>> = {
    ndots: conf.ndots,
    timeout: conf.timeoutS,
    attempts: conf.attempts,
  };
  const value = values[name];
  if (value !== undefined) return `${name}:${value}`;
  if (conf.flags.has(option)) return option;
  return conf.ignored.includes(option) ? `no such option in ${resolver}` : "none";
}

/** The DNS under test as it was found running. */
export interface FoundDns {
  readonly pods: readonly string[];
  /** As its ConfigMap has it. */
  readonly corefile: string;
}

/** Whether the DNS under test is as an arm wants it. */
export function readBackDns(tunings: readonly DnsTuning[], found: FoundDns): ReadBack[] {
  return tunings.flatMap((tuning): ReadBack[] => {
    if (tuning.kind !== "dns-component") return [];
    const at = { tuning: tuning.name, place: "cluster-dns" satisfies DnsPlace };
    const { replicas, cpuLimit: _, ...inCorefile } = tuning.change;
    const lines = linesOf(inCorefile);
    const has = new Set(found.corefile.split("\n").map((line) => line.trim()));
    return [
      ...(replicas === undefined
        ? []
        : [{ ...at, where: "ready pods", wanted: String(replicas), got: String(found.pods.length) }]),
      ...lines.map((line) => ({ ...at, where: "Corefile", wanted: line, got: has.has(line) ? line : "none" })),
    ];
  });
}

/** The Corefile's lines that these options make differ from the usual. */
function linesOf(change: Partial<DnsOptions>): string[] {
  const template = ["pods {{PODS}}", "{{AUTOPATH}}", "max_concurrent {{MAX_CONCURRENT}}", "cache {{CACHE}}"].join("\n");
  const lines = (options: DnsOptions) => corefile(template, "", options).split("\n");
  const usual = new Set(lines(USUAL_DNS));
  return lines({ ...USUAL_DNS, ...change })
    .filter((line) => !usual.has(line))
    .map((line) => line.trim())
    .filter((line) => line !== "}");
}
