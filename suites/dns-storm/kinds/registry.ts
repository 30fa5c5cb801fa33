import type { TuningKind } from "../../../runner/tunings/kinds/kind.ts";
import type { DnsTuning } from "../tunings.ts";
import { dnsComponentKind } from "./dns-component.ts";
import { lookupNamesKind } from "./lookup-names.ts";
import { nodeDnsKind } from "./node-dns.ts";
import { podDnsConfigKind } from "./pod-dns-config.ts";

/** What this suite can stage. */
export const STORM_KINDS: readonly TuningKind<DnsTuning>[] = [
  podDnsConfigKind,
  lookupNamesKind,
  dnsComponentKind,
  nodeDnsKind,
];
