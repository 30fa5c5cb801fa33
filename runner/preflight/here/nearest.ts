/** Pure: what can be applied instead, found by what tunings say of themselves. */
import type { Tuning } from "../../tunings/tuning.ts";
import type { Judged } from "./judge.ts";

/** As much of a tuning as tells how near another one is. */
export interface Candidate {
  readonly tuning: Pick<Tuning, "name" | "sets" | "actsIn" | "scope" | "note">;
  readonly claim: number | "none";
  readonly suites: readonly string[];
  readonly state: Judged["state"];
}

export interface Near {
  readonly name: string;
  /** Same key: the same thing set in another place. Same setting: another value or way of it. Same claim: another remedy. */
  readonly by: "same-key" | "same-setting" | "same-claim";
  /** Where it is set. */
  readonly scope: Tuning["scope"];
  /** What it really does there: on nodes, for instance, it may reach no pod. */
  readonly note: string;
}

const MOST = 3;
const ORDER: readonly Near["by"][] = ["same-key", "same-setting", "same-claim"];

/** Those of the nearest sort that there is: at most three, and first the ones that act where the refused one has to. */
export function nearestOf(to: Candidate, all: readonly Candidate[]): Near[] {
  const able = all.filter(({ tuning, state }) => tuning.name !== to.tuning.name && state === "can");
  const near = able.flatMap((candidate) => {
    const by = nearness(to, candidate);
    return by === undefined ? [] : [{ candidate, by }];
  });
  const best = ORDER.find((by) => near.some((each) => each.by === by));
  return near
    .filter(({ by }) => by === best)
    .sort((a, b) => shared(to, b.candidate) - shared(to, a.candidate))
    .slice(0, MOST)
    .map(({ candidate: { tuning }, by }) => ({ name: tuning.name, by, scope: tuning.scope, note: tuning.note }));
}

function nearness(to: Candidate, other: Candidate): Near["by"] | undefined {
  const keys = to.tuning.sets.flatMap(({ key }) => key ?? []);
  const whats = to.tuning.sets.map(({ what }) => what);
  if (other.tuning.sets.some(({ key, what }) => key !== undefined && keys.includes(key) && !whats.includes(what)))
    return "same-key";
  if (other.tuning.sets.some(({ what }) => whats.includes(what))) return "same-setting";
  const hasClaim = to.claim !== "none" && to.claim === other.claim;
  return hasClaim && shared(to, other) > 0 && to.suites.some((suite) => other.suites.includes(suite))
    ? "same-claim"
    : undefined;
}

/** In how many of the places where the one has to act the other does. */
function shared(to: Candidate, other: Candidate): number {
  return to.tuning.actsIn.places.filter((place) => other.tuning.actsIn.places.includes(place)).length;
}
