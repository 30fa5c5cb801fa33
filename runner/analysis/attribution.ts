/**
 * Where the packets died: every failed request given to the hop whose counters can account for it, block by block;
 * what no counter accounts for stays unexplained.
 */
import type { Block } from "../result/block.ts";
import type { CounterName } from "../result/counters.ts";
import { type Attribution, HOPS, type HopName, type HopReport } from "../result/hops.ts";
import { type FailureCause, failuresIn } from "../result/outcomes.ts";
import type { Arm } from "../result/result.ts";
import { evidential } from "./blocks.ts";
import { counterDeltas, counterTotal, DROP_COUNTER } from "./counters.ts";
import { sum } from "./samples.ts";
import { synsLostByTimeout } from "./syn-schedule.ts";

/** What decides how many SYNs a timed-out connection must have lost. */
export interface ClientFacts {
  readonly timeoutMs: number;
  /** Kernel release of the nodes. */
  readonly kernel: string;
}

/** Failures that name their hop by themselves: the kernel's errno, or the status that a proxy answers with. */
const SELF_EVIDENT: Readonly<Partial<Record<FailureCause, HopName>>> = {
  "port-exhausted": "client-ports",
  "dns-servfail": "dns",
  "status-502": "ingress-upstream",
  "status-503": "ingress-upstream",
  "status-504": "ingress-upstream",
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
  for (const [cause, failures] of failuresIn(block.outcomes)) {
    // A request that the generator did not send died in no hop; such a block is invalid anyway.
    if (cause === "not-sent" || failures === 0) continue;
    ledger.failed(cause, failures);
    const evident = SELF_EVIDENT[cause];
    if (evident) ledger.give(evident, cause, failures);
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

/** How failures and counters add up. */
export type AttributionNote =
  /** The kernel's errno, or the status that a proxy answers with, names the hop. */
  | { readonly kind: "self-evident"; readonly hop: HopName; readonly cause: FailureCause; readonly requests: number }
  /** The accept queue overflowed at least as often. */
  | { readonly kind: "overflowed"; readonly hop: HopName; readonly cause: FailureCause; readonly requests: number }
  | {
      readonly kind: "lost-syns";
      readonly hop: HopName;
      readonly cause: FailureCause;
      readonly requests: number;
      readonly synsPerTimeout: number;
      readonly syns: number;
      readonly counter: CounterName | null;
      readonly drops: number;
    }
  | {
      readonly kind: "harmless-drops";
      readonly hop: HopName;
      readonly counter: CounterName | null;
      readonly drops: number;
    }
  | { readonly kind: "unexplained"; readonly cause: FailureCause; readonly requests: number };

/** Adds up failures, what they were given to, and what the counters saw. */
class Ledger {
  private readonly failures = new Map<FailureCause, number>();
  private readonly given = new Map<HopName, Map<FailureCause, number>>();
  private readonly seen = new Map<HopName, number>();

  failed(cause: FailureCause, count: number): void {
    this.failures.set(cause, (this.failures.get(cause) ?? 0) + count);
  }

  saw(hop: HopName, drops: number): void {
    this.seen.set(hop, (this.seen.get(hop) ?? 0) + drops);
  }

  give(hop: HopName, cause: FailureCause, count: number): void {
    if (count === 0) return;
    const causes = this.given.get(hop) ?? new Map<FailureCause, number>();
    causes.set(cause, (causes.get(cause) ?? 0) + count);
    this.given.set(hop, causes);
  }

  close(synsPerTimeout: number): Attribution {
    const failures = sum([...this.failures.values()]);
    const byHop: Partial<Record<HopName, number>> = {};
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

  private evidenceFor(hop: HopName, synsPerTimeout: number): AttributionNote[] {
    return [...(this.given.get(hop) ?? [])].map(([cause, requests]): AttributionNote => {
      if (SELF_EVIDENT[cause]) return { kind: "self-evident", hop, cause, requests };
      if (cause === "response-timeout") return { kind: "overflowed", hop, cause, requests };
      const syns = requests * synsPerTimeout;
      return { kind: "lost-syns", hop, cause, requests, synsPerTimeout, syns, ...this.counted(hop) };
    });
  }

  private counted(hop: HopName): { counter: CounterName | null; drops: number } {
    return { counter: DROP_COUNTER[hop] ?? null, drops: this.seen.get(hop) ?? 0 };
  }

  /** Drops that cost no request: packets were sent again and came through. */
  private idleHops(): AttributionNote[] {
    return [...this.seen.keys()].flatMap((hop): AttributionNote[] =>
      this.given.has(hop) ? [] : [{ kind: "harmless-drops", hop, ...this.counted(hop) }],
    );
  }

  private unexplained(): AttributionNote[] {
    return [...this.failures].flatMap(([cause, count]): AttributionNote[] => {
      const explained = sum([...this.given.values()].map((causes) => causes.get(cause) ?? 0));
      return count === explained ? [] : [{ kind: "unexplained", cause, requests: count - explained }];
    });
  }
}
