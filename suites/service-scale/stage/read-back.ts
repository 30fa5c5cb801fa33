/** Pure: what of an arm was found in the nodes' rules. */
import type { ReadBack } from "../../../runner/tunings/read-back.ts";
import { rulesWalkedTo } from "../analysis/census.ts";
import type { ScaleTuning } from "../tunings.ts";
import type { RuleCensus } from "./rules.ts";

const PLACE = "node-rules";

export interface FoundRules {
  readonly tunings: readonly ScaleTuning[];
  readonly rules: readonly { readonly node: string; readonly census: RuleCensus }[];
  readonly client: string;
  readonly target: string;
  /** Of the suite's, with an endpoint. */
  readonly live: readonly string[];
}

export function readBackRules({ tunings, rules, client, target, live }: FoundRules): ReadBack[] {
  return tunings.flatMap((tuning): ReadBack[] => {
    if (tuning.kind === "proxy-mode")
      return rules.map(({ node, census }) => {
        return { tuning: tuning.name, place: PLACE, where: `node ${node}`, wanted: tuning.mode, got: census.mode };
      });
    if (tuning.kind === "service-place")
      return rules
        .filter(({ node }) => node === client)
        .map(({ node, census }) => {
          const got = placeIn(census, target, live);
          return { tuning: tuning.name, place: PLACE, where: `node ${node}`, wanted: tuning.place, got };
        });
    return [];
  });
}

/** Among the suite's own; of one alone both are true, and the head is told. */
function placeIn(census: RuleCensus, target: string, live: readonly string[]): string | null {
  if (rulesWalkedTo(census, target) === null) return null;
  const ours = new Set(live);
  const inOrder = census.natServices.filter((address) => ours.has(address));
  if (inOrder[0] === target) return "head";
  return inOrder.at(-1) === target ? "tail" : "between";
}
