import type { Check } from "../check.ts";
import { conntrackTable } from "./conntrack-table.ts";
import { dnsOneReplica } from "./dns-one-replica.ts";
import { noPreStop } from "./no-prestop.ts";

/** All checks, along the packet's walk. */
export const CHECKS: readonly Check[] = [
  // conntrack
  conntrackTable,
  // DNS
  dnsOneReplica,
  // terminating pods
  noPreStop,
];
