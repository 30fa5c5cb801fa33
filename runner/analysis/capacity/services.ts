/** What finding a Service costs a new connection (docs/physics.md; KEP-3866). Pure. */

/** Measured for each rule that a first packet is held against: 7 ns on Linux 6.18, up to 24 ns in KEP-3866's chart. */
const NS_PER_RULE = [7, 24] as const;

/**
 * Rules that kube-proxy writes in iptables mode, at least (writeServiceToEndpointRules in pkg/proxy/iptables/proxier.go): for each
 * Service port the jump to its chain and the mark of what comes from outside, for each endpoint of it a jump, a mark and a DNAT.
 */
export function iptablesRules(services: ReadonlyArray<{ readonly ports: number; readonly endpoints: number }>): number {
  return services.reduce((sum, { ports, endpoints }) => sum + ports * (2 + 3 * endpoints), 0);
}

/** iptables: a first packet passes one rule for each Service port before the last one's; in microseconds, least and most. */
export function iptablesWalkUs(servicePorts: number): readonly [number, number] {
  return [(servicePorts * NS_PER_RULE[0]) / 1000, (servicePorts * NS_PER_RULE[1]) / 1000];
}
