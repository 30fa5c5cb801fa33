import type { Check } from "../check.ts";
import { clientPorts } from "./client-ports.ts";
import { conntrackTable } from "./conntrack-table.ts";
import { conntrackTimeouts } from "./conntrack-timeouts.ts";
import { corefileAutopath } from "./corefile-autopath.ts";
import { corefileCache } from "./corefile-cache.ts";
import { corefileLameduck } from "./corefile-lameduck.ts";
import { corefileLoop } from "./corefile-loop.ts";
import { corefileMaxConcurrent } from "./corefile-max-concurrent.ts";
import { corefileReady } from "./corefile-ready.ts";
import { corefileTtl } from "./corefile-ttl.ts";
import { defaultNdots } from "./default-ndots.ts";
import { dnsCpuLimit } from "./dns-cpu-limit.ts";
import { dnsMemoryLimit } from "./dns-memory-limit.ts";
import { dnsNoBudget } from "./dns-no-budget.ts";
import { dnsOneNode } from "./dns-one-node.ts";
import { dnsOneReplica } from "./dns-one-replica.ts";
import { dnsPolicy } from "./dns-policy.ts";
import { noPreStop } from "./no-prestop.ts";
import { nodeLocalDns } from "./node-local-dns.ts";
import { proxyMode } from "./proxy-mode.ts";

/** All checks, along the packet's walk. */
export const CHECKS: readonly Check[] = [
  // client pods
  defaultNdots,
  dnsPolicy,
  // ports
  clientPorts,
  // conntrack
  conntrackTable,
  conntrackTimeouts,
  // DNS
  dnsOneReplica,
  dnsOneNode,
  dnsCpuLimit,
  dnsMemoryLimit,
  dnsNoBudget,
  corefileCache,
  corefileTtl,
  corefileMaxConcurrent,
  corefileAutopath,
  corefileLoop,
  corefileReady,
  corefileLameduck,
  nodeLocalDns,
  // Services
  proxyMode,
  // terminating pods
  noPreStop,
];
