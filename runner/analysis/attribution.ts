/**
 * Where the packets died: every failed request given to the hop whose counters can account for it, block by block;
 * what no counter accounts for stays unexplained.
 */
import type { Block } from "../result/block.ts";
import { type Attribution, HOPS, type HopName, type HopReport } from "../result/hops.ts";
import type { Arm } from "../result/result.ts";
import { evidential } from "./blocks.ts";
import { counterDeltas, counterTotal, DROP_COUNTER } from "./counters.ts";
import { number, plural } from "./format.ts";
import { sum } from "./samples.ts";
import { synsLostByTimeout } from "./syn-schedule.ts";

/** What decides how many SYNs a timed-out connection must have lost. */
export interface ClientFacts {
  readonly timeoutMs: number;
  /** Kernel release of the nodes. */
  readonly kernel: string;
}

/** Failures that name their hop by themselves: the kernel's errno, or the status that a proxy answers with. */
const SELF_EVIDENT: Readonly<Record<string, { readonly hop: HopName; readonly proof: string }>> = {
  "port-exhausted": { hop: "client-ports", proof: "the client's kernel had no free port (EADDRNOTAVAIL)" },
  "dns-servfail": { hop: "dns", proof: "the resolver answered SERVFAIL" },
  "status-502": { hop: "ingress-upstream", proof: "the proxy answered 502" },
  "status-503": { hop: "ingress-upstream", proof: "the proxy answered 503" },
  "status-504": { hop: "ingress-upstream", proof: "the proxy answered 504" },
};

/** Over the valid blocks of round 1 and up; hops are reported per arm, the attribution covers both arms. */
export function attribute(
  arms: readonly Arm[],
  client: ClientFacts,
): { readonly hops: HopReport[]; readonly attribution: Attribution } {
  const hops = arms.flatMap((arm) => hopReports(arm.name, evidential(arm.blocks)));
  const synsPerTimeout = synsLostByTimeout(client.timeoutMs, client.kernel);
  const ledger = new Ledger();
  for (const block of arms.flatMap((arm) => evidential(arm.blocks))) explain(block, synsPerTimeout, ledger);
  return { hops, attribution: ledger.close(synsPerTimeout) };
}

/** One report for each hop that has counters; its counters summed over the blocks. */
export function hopReports(arm: string, blocks: readonly Block[]): HopReport[] {
  const byHop = new Map<HopName, Record<string, number>>();
  for (const { hop, counter, delta } of blocks.flatMap(counterDeltas)) {
    const counters = byHop.get(hop) ?? {};
    counters[counter] = (counters[counter] ?? 0) + delta;
    byHop.set(hop, counters);
  }
  const withoutPort = sum(blocks.map((block) => block.outcomes["port-exhausted"] ?? 0));
  if (withoutPort > 0) {
    byHop.set("client-ports", { ...byHop.get("client-ports"), portExhausted: withoutPort });
  }
  return HOPS.flatMap((name) => {
    const counters = byHop.get(name);
    if (!counters) return [];
    const drops = name === "client-ports" ? withoutPort : (counters[DROP_COUNTER[name] ?? ""] ?? 0);
    return [{ name, arm, counters, drops: Math.max(0, Math.round(drops)) }];
  });
}

/** Puts one block's failures into the ledger. */
function explain(block: Block, synsPerTimeout: number, ledger: Ledger): void {
  for (const [cause, failures] of Object.entries(block.outcomes)) {
    // A request that the generator did not send died in no hop; such a block is invalid anyway.
    if (cause === "ok" || cause === "not-sent" || failures === 0) continue;
    ledger.failed(cause, failures);
    const evident = SELF_EVIDENT[cause];
    if (evident) ledger.give(evident.hop, cause, failures);
  }
  const drops = dropsByHop(block);
  for (const [hop, dropped] of drops) ledger.saw(hop, dropped);
  const timedOut = block.outcomes["connect-timeout"] ?? 0;
  const covered = new Map([...drops].map(([hop, dropped]) => [hop, Math.floor(dropped / synsPerTimeout)]));
  const shares = shareOut(timedOut, covered);
  for (const [hop, failures] of shares) ledger.give(hop, "connect-timeout", failures);
  explainResponseTimeouts(block, synsPerTimeout * (shares.get("listen-queue") ?? 0), ledger);
}

/**
 * A full accept queue also drops the handshake's last ACK: the client believes it is connected and waits for a
 * response in vain (tcp_v4_syn_recv_sock counts ListenOverflows). One overflow at least for each such request.
 */
function explainResponseTimeouts(block: Block, alreadyUsed: number, ledger: Ledger): void {
  const unanswered = block.outcomes["response-timeout"] ?? 0;
  const overflows = counterTotal(block, "listenOverflows") ?? 0;
  ledger.give("listen-queue", "response-timeout", Math.min(unanswered, Math.max(0, overflows - alreadyUsed)));
}

/** What the kernel says it dropped, for each hop where that is more than nothing. */
function dropsByHop(block: Block): Map<HopName, number> {
  const drops = new Map<HopName, number>();
  for (const { hop, counter, delta } of counterDeltas(block)) {
    if (counter === DROP_COUNTER[hop] && delta > 0) drops.set(hop, (drops.get(hop) ?? 0) + delta);
  }
  return drops;
}

/** Shares `total` out in proportion to the capacities, in whole numbers, never more to one than its capacity. */
export function shareOut<Key>(total: number, capacities: ReadonlyMap<Key, number>): Map<Key, number> {
  const capacity = sum([...capacities.values()]);
  const given = Math.min(total, capacity);
  const shares = new Map<Key, number>();
  let left = given;
  let capacityLeft = capacity;
  for (const [key, most] of capacities) {
    const share = capacityLeft === 0 ? 0 : Math.round((left * most) / capacityLeft);
    shares.set(key, share);
    left -= share;
    capacityLeft -= most;
  }
  return shares;
}

/** Adds up failures, what they were given to, and what the counters saw, and words the evidence. */
class Ledger {
  private readonly failures = new Map<string, number>();
  private readonly given = new Map<HopName, Map<string, number>>();
  private readonly seen = new Map<HopName, number>();

  failed(cause: string, count: number): void {
    this.failures.set(cause, (this.failures.get(cause) ?? 0) + count);
  }

  saw(hop: HopName, drops: number): void {
    this.seen.set(hop, (this.seen.get(hop) ?? 0) + drops);
  }

  give(hop: HopName, cause: string, count: number): void {
    if (count === 0) return;
    const causes = this.given.get(hop) ?? new Map<string, number>();
    causes.set(cause, (causes.get(cause) ?? 0) + count);
    this.given.set(hop, causes);
  }

  close(synsPerTimeout: number): Attribution {
    const failures = sum([...this.failures.values()]);
    const byHop: Record<string, number> = {};
    for (const hop of HOPS) {
      const causes = this.given.get(hop);
      if (causes) byHop[hop] = sum([...causes.values()]);
    }
    const attributed = sum(Object.values(byHop));
    return {
      failures,
      attributed,
      unexplained: failures - attributed,
      byHop,
      evidence: [
        ...HOPS.flatMap((hop) => this.evidenceFor(hop, synsPerTimeout)),
        ...this.idleHops(),
        ...this.unexplained(),
      ],
    };
  }

  private evidenceFor(hop: HopName, synsPerTimeout: number): string[] {
    return [...(this.given.get(hop) ?? [])].map(([cause, count]) => {
      const evident = SELF_EVIDENT[cause];
      if (evident) return `${hop}: ${number(count)} × ${cause}; ${evident.proof}.`;
      if (cause === "response-timeout") {
        return `${hop}: ${number(count)} × ${cause}; listenOverflows rose by at least as much.`;
      }
      const drops = this.seen.get(hop) ?? 0;
      return `${hop}: ${number(count)} × ${cause}, each of which lost ${plural(synsPerTimeout, "SYN")} (${number(count * synsPerTimeout)} in all); ${DROP_COUNTER[hop]} rose by ${number(drops)}.`;
    });
  }

  /** Drops that cost no request: packets were sent again and came through. */
  private idleHops(): string[] {
    return [...this.seen].flatMap(([hop, drops]) =>
      this.given.has(hop)
        ? []
        : [`${hop}: ${DROP_COUNTER[hop]} rose by ${number(drops)}, but no failed request needs it.`],
    );
  }

  private unexplained(): string[] {
    return [...this.failures].flatMap(([cause, count]) => {
      const explained = sum([...this.given.values()].map((causes) => causes.get(cause) ?? 0));
      return count === explained
        ? []
        : [`unexplained: ${number(count - explained)} × ${cause}; no counter covers them.`];
    });
  }
}
