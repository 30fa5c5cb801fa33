import type { Cluster } from "../../cluster/cluster.ts";
import type { Ask } from "../../tunings/asks.ts";
import type { Tuning } from "../../tunings/tuning.ts";
import type { Ground } from "../read.ts";
import type { HereFacts } from "./facts.ts";
import { judge } from "./judge.ts";
import { nearestOf } from "./nearest.ts";
import { readHere } from "./read.ts";
import type { Applicable } from "./report.ts";

/** A tuning with what it asks of a cluster. */
export interface AskedTuning {
  readonly tuning: Tuning;
  readonly typed: string;
  readonly title: string;
  readonly claim: number | "none";
  readonly suites: readonly string[];
  readonly asks: readonly Ask[];
}

/** Reads what all of them hang on, and judges each. @param free whether changes to nodes need nobody's leave, as in the lab */
export async function applicableHere(
  cluster: Cluster,
  ground: Ground,
  asked: readonly AskedTuning[],
  { image, free }: { readonly image: string; readonly free: boolean },
): Promise<Applicable[]> {
  const facts = await readHere(
    cluster,
    ground,
    asked.flatMap(({ asks }) => asks),
    image,
  );
  return judgeAll(asked, facts, free);
}

/** Pure. */
export function judgeAll(asked: readonly AskedTuning[], facts: HereFacts, free: boolean): Applicable[] {
  const judged = asked.map((each) => ({ ...each, judged: judge(each.asks, facts) }));
  const candidates = judged.map(({ judged: { state }, ...each }) => ({ ...each, state }));
  return judged.map(({ tuning, typed, title, claim, suites, judged: own }) => {
    const isBarred = own.state === "cannot" || own.state === "partly";
    const { name, setting, scope, nodeChange } = tuning;
    return {
      ...{ name, typed, title, setting, scope, suites },
      ...own,
      needs: nodeChange === undefined || free ? null : { flag: "--allow-node-changes", because: nodeChange },
      nearest: isBarred ? nearestOf({ tuning, claim, suites, state: own.state }, candidates) : [],
    };
  });
}
