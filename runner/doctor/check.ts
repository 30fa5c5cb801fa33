import type { Asked } from "./asked.ts";
import type { Finding, Found, Hop } from "./finding.ts";
import { onCluster } from "./proofs.ts";
import type { ClusterState, PartName, Parts, Seen } from "./state.ts";

/** What a check makes of a state. */
export type Judged =
  | { readonly kind: "judged"; readonly findings: readonly Finding[] }
  /** What it would have to know. */
  | { readonly kind: "unseen"; readonly parts: readonly PartName[] };

export interface Check {
  readonly name: string;
  readonly hop: Hop;
  /** What it looks for, in one line. */
  readonly title: string;
  readonly reads: readonly PartName[];
  judge(state: ClusterState, asked: Asked): Judged;
}

interface Definition<P extends PartName> {
  readonly name: string;
  readonly hop: Hop;
  readonly title: string;
  /** It is asked only where all of these were seen. */
  readonly reads: readonly P[];
  find(parts: Pick<Parts, P>, asked: Asked): readonly Found[];
}

export function defineCheck<P extends PartName>({ name, hop, title, reads, find }: Definition<P>): Check {
  return {
    ...{ name, hop, title, reads },
    judge(state, asked) {
      const missing = reads.filter((part) => "unseen" in state[part]);
      if (missing.length > 0) return { kind: "unseen", parts: missing };
      const entries = reads.map((part) => [part, seenOf<unknown>(state[part])] as const);
      const found = find(Object.fromEntries(entries) as Pick<Parts, P>, asked);
      const findings = found.map((each) => ({ check: name, hop, ...each, proof: onCluster(each.proof, asked) }));
      return { kind: "judged", findings };
    },
  };
}

function seenOf<T>(part: Seen<T>): T | undefined {
  return "seen" in part ? part.seen : undefined;
}
