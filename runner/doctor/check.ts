import type { Asked } from "./asked.ts";
import type { Finding, Found, Hop } from "./finding.ts";
import { onCluster } from "./proofs.ts";
import type { Seen } from "./seen.ts";
import type { ClusterState, PartName, Parts, Unasked } from "./state.ts";

/** What a check makes of a state. */
export type Judged =
  | { readonly kind: "judged"; readonly findings: readonly Finding[]; readonly lacks: readonly Lack[] }
  /** What it would have to know. */
  | { readonly kind: "unseen"; readonly parts: readonly PartName[] }
  /** It is about what nobody asked for. */
  | { readonly kind: "unasked" };

/** What a part that was read does not tell: without a finding the check is not clean then. */
export interface Lack {
  readonly what: string;
  /** Where it is not told; null: nowhere. */
  readonly node: string | null;
  readonly because: string;
}

export interface Check {
  readonly name: string;
  readonly hop: Hop;
  /** What it looks for, in one line. */
  readonly title: string;
  readonly reads: readonly PartName[];
  judge(state: ClusterState, asked: Asked): Judged;
}

interface Definition<P extends PartName, U extends PartName> {
  readonly name: string;
  readonly hop: Hop;
  readonly title: string;
  /** It is asked only where all of these were seen. */
  readonly reads: readonly P[];
  /** What it makes use of where that was seen. */
  readonly uses?: readonly U[];
  find(parts: Pick<Parts, P>, asked: Asked, also: Also<U>): readonly Found[];
  lacks?(parts: Pick<Parts, P>, also: Also<U>): readonly Lack[];
}

/** Null: not seen. */
type Also<U extends PartName> = { readonly [K in U]: Parts[K] | null };

export function defineCheck<P extends PartName, U extends PartName = never>(definition: Definition<P, U>): Check {
  const { name, hop, title, reads, uses = [], find, lacks = () => [] } = definition;
  return {
    ...{ name, hop, title, reads },
    judge(state, asked) {
      if (reads.some((part) => "unasked" in state[part])) return { kind: "unasked" };
      const missing = reads.filter((part) => "unseen" in state[part]);
      if (missing.length > 0) return { kind: "unseen", parts: missing };
      const pick = (names: readonly PartName[]) =>
        Object.fromEntries(names.map((part) => [part, seenOf<unknown>(state[part]) ?? null]));
      const [parts, also] = [pick(reads) as Pick<Parts, P>, pick(uses) as Also<U>];
      const findings = find(parts, asked, also).map((each) => ({
        ...{ check: name, hop },
        ...each,
        proof: onCluster(each.proof, asked),
      }));
      return { kind: "judged", findings, lacks: lacks(parts, also) };
    },
  };
}

/** One check that reads what it judges in the first way, or else in the second. */
export function firstThatSees(first: Check, second: Check): Check {
  return {
    ...second,
    judge(state, asked) {
      const judged = first.judge(state, asked);
      if (judged.kind === "judged") return judged;
      const other = second.judge(state, asked);
      if (other.kind !== "unseen" || judged.kind !== "unseen") return other;
      return { kind: "unseen", parts: [...new Set([...judged.parts, ...other.parts])] };
    },
  };
}

function seenOf<T>(part: Seen<T> | Unasked): T | undefined {
  return "seen" in part ? part.seen : undefined;
}
