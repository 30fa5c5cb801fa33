import type { Check } from "../check.ts";
import { backlogDrops } from "./backlog-drops.ts";
import { budgetBlocks } from "./budget-blocks.ts";
import { checksumOffloadOff } from "./checksum-offload-off.ts";
import { clientPorts } from "./client-ports.ts";
import { cniMtu } from "./cni-mtu.ts";
import { cniPath } from "./cni-path.ts";
import { conntrackDrops } from "./conntrack-drops.ts";
import { conntrackFull } from "./conntrack-full.ts";
import { conntrackLimitsDiffer } from "./conntrack-limits-differ.ts";
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
import { dnsCacheHits } from "./dns-cache-hits.ts";
import { dnsCpuLimit } from "./dns-cpu-limit.ts";
import { dnsForwardRejects } from "./dns-forward-rejects.ts";
import { dnsMemoryLimit } from "./dns-memory-limit.ts";
import { dnsNoBudget } from "./dns-no-budget.ts";
import { dnsNotFound } from "./dns-not-found.ts";
import { dnsNotReady } from "./dns-not-ready.ts";
import { dnsOneNode } from "./dns-one-node.ts";
import { dnsOneReplica } from "./dns-one-replica.ts";
import { dnsPolicy } from "./dns-policy.ts";
import { dnsThrottled } from "./dns-throttled.ts";
import { dnsUpstreamSlow } from "./dns-upstream-slow.ts";
import { etcdFsync } from "./etcd-fsync.ts";
import { execPreStop } from "./exec-prestop.ts";
import { gatewayDrain } from "./gateway-drain.ts";
import { gatewayKind } from "./gateway-kind.ts";
import { gatewayNotProgrammed } from "./gateway-not-programmed.ts";
import { gatewayRetries } from "./gateway-retries.ts";
import { ingressBackend } from "./ingress-backend.ts";
import { ingressClass } from "./ingress-class.ts";
import { ingressController } from "./ingress-controller.ts";
import { ingressNginx } from "./ingress-nginx.ts";
import { kubeletSkew } from "./kubelet-skew.ts";
import { listenBacklogShort } from "./listen-backlog-short.ts";
import { listenOverflows } from "./listen-overflows.ts";
import { listenQueueShort } from "./listen-queue-short.ts";
import { maxPods } from "./max-pods.ts";
import { mixedNodes } from "./mixed-nodes.ts";
import { mtuDiffers } from "./mtu-differs.ts";
import { mtuMismatch } from "./mtu-mismatch.ts";
import { nicEmulated } from "./nic-emulated.ts";
import { noBudget } from "./no-budget.ts";
import { noPreStop } from "./no-prestop.ts";
import { noReadiness } from "./no-readiness.ts";
import { nodeConditions } from "./node-conditions.ts";
import { nodeLocalDns } from "./node-local-dns.ts";
import { nodePressure } from "./node-pressure.ts";
import { nodeRoundTrips } from "./node-round-trips.ts";
import { nodeSearch } from "./node-search.ts";
import { nodeSoftirq } from "./node-softirq.ts";
import { nodeSteal } from "./node-steal.ts";
import { oneReplica } from "./one-replica.ts";
import { oneZone } from "./one-zone.ts";
import { podRoom } from "./pod-room.ts";
import { podSysctls } from "./pod-sysctls.ts";
import { podsOnOneNode } from "./pods-on-one-node.ts";
import { portRangeNarrow } from "./port-range-narrow.ts";
import { portRangeOverNodePorts } from "./port-range-over-node-ports.ts";
import { portsTimeWait } from "./ports-time-wait.ts";
import { proxyMode } from "./proxy-mode.ts";
import { proxySkew } from "./proxy-skew.ts";
import { resolvConf } from "./resolv-conf.ts";
import { rolloutEmpties } from "./rollout-empties.ts";
import { routeBackend } from "./route-backend.ts";
import { routeNotAccepted } from "./route-not-accepted.ts";
import { serviceInternalLocal } from "./service-internal-local.ts";
import { serviceLocalNodes } from "./service-local-nodes.ts";
import { serviceNoEndpoints } from "./service-no-endpoints.ts";
import { serviceNoSelector } from "./service-no-selector.ts";
import { serviceOneZone } from "./service-one-zone.ts";
import { serviceTargetPort } from "./service-target-port.ts";
import { serviceUnready } from "./service-unready.ts";
import { severalRegions } from "./several-regions.ts";
import { shortGrace } from "./short-grace.ts";
import { shortPreStop } from "./short-prestop.ts";
import { slowReadiness } from "./slow-readiness.ts";
import { sysctlNeverArrives } from "./sysctl-never-arrives.ts";
import { sysctlPlacebo } from "./sysctl-placebo.ts";
import { unsafeSysctls } from "./unsafe-sysctls.ts";

/** All checks, along the packet's walk. */
export const CHECKS: readonly Check[] = [
  // client pods
  defaultNdots,
  dnsPolicy,
  nodeSearch,
  podSysctls,
  resolvConf,
  sysctlPlacebo,
  unsafeSysctls,
  // ports
  clientPorts,
  portRangeNarrow,
  portRangeOverNodePorts,
  portsTimeWait,
  // conntrack
  conntrackTable,
  conntrackTimeouts,
  conntrackFull,
  conntrackDrops,
  conntrackLimitsDiffer,
  // DNS
  dnsNotFound,
  dnsNotReady,
  dnsOneReplica,
  dnsOneNode,
  dnsCpuLimit,
  dnsThrottled,
  dnsMemoryLimit,
  dnsNoBudget,
  corefileAutopath,
  corefileCache,
  corefileLameduck,
  corefileLoop,
  corefileMaxConcurrent,
  corefileReady,
  corefileTtl,
  dnsCacheHits,
  dnsForwardRejects,
  dnsUpstreamSlow,
  nodeLocalDns,
  // Services
  proxyMode,
  serviceInternalLocal,
  serviceLocalNodes,
  serviceNoEndpoints,
  serviceNoSelector,
  serviceTargetPort,
  serviceUnready,
  // overlay
  checksumOffloadOff,
  cniMtu,
  cniPath,
  mtuDiffers,
  mtuMismatch,
  // nodes
  backlogDrops,
  maxPods,
  mixedNodes,
  nicEmulated,
  nodeConditions,
  nodePressure,
  nodeRoundTrips,
  nodeSoftirq,
  nodeSteal,
  oneZone,
  podRoom,
  podsOnOneNode,
  serviceOneZone,
  severalRegions,
  sysctlNeverArrives,
  // listen queues
  listenBacklogShort,
  listenOverflows,
  listenQueueShort,
  // ingress
  gatewayDrain,
  gatewayKind,
  gatewayNotProgrammed,
  gatewayRetries,
  ingressBackend,
  ingressClass,
  ingressController,
  ingressNginx,
  routeBackend,
  routeNotAccepted,
  // terminating pods
  budgetBlocks,
  execPreStop,
  noBudget,
  noPreStop,
  noReadiness,
  oneReplica,
  rolloutEmpties,
  shortGrace,
  shortPreStop,
  slowReadiness,
  // control plane
  etcdFsync,
  kubeletSkew,
  proxySkew,
];
