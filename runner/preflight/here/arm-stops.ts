/** Pure: which arms an answer of `tunings --here` keeps from being run. */

import type { Tuning } from "../../tunings/tuning.ts";
import type { SuiteHere, SuiteOutlook } from "../report.ts";
import type { Applicable } from "./report.ts";
import { becauseWords } from "./words.ts";

interface ArmOfTunings {
  readonly name: string;
  readonly tunings: ReadonlyArray<Pick<Tuning, "name" | "nodeChange" | "folder">>;
}

export interface ArmsHere {
  /** Why an arm can't be applied. What takes an agent is told of agents, and not here. */
  readonly stops: readonly string[];
  /** What can be applied on some nodes only. */
  readonly notes: readonly string[];
  /** Of the suite's arms, those that do something and that nothing is known to stand against. */
  readonly able: readonly string[];
}

export function armsHere(
  arms: readonly ArmOfTunings[],
  choice: readonly ArmOfTunings[],
  all: readonly Applicable[],
): ArmsHere {
  const byTyped = new Map(all.map((each) => [each.typed, each]));
  const hereOf = ({ name, folder }: Pick<Tuning, "name" | "folder">) => byTyped.get(folder?.path ?? name);
  const found = arms.flatMap(({ name, tunings }) =>
    tunings.flatMap((tuning) => {
      const here = hereOf(tuning);
      return here && tuning.nodeChange === undefined ? [{ arm: name, here }] : [];
    }),
  );
  const sentence = ({ arm, here }: (typeof found)[number]) => {
    const instead =
      here.nearest.length === 0 ? "" : `; nearest that can: ${here.nearest.map(({ name }) => name).join(", ")}`;
    return `arm ${arm}: ${here.name} can't be applied${here.state === "partly" ? " everywhere" : ""}: ${here.because.map(becauseWords).join("; ")}${instead}`;
  };
  return {
    stops: found.filter(({ here }) => here.state === "cannot").map(sentence),
    notes: found.filter(({ here }) => here.state === "partly").map(sentence),
    able: choice
      .filter(({ tunings }) => tunings.length > 0 && tunings.every((tuning) => hereOf(tuning)?.state !== "cannot"))
      .map(({ name }) => name),
  };
}

/** What there is to say of a suite's arms besides. Where it can't run at all, nothing. */
export function withTunings(outlook: SuiteOutlook, { stops, notes, able }: ArmsHere): SuiteHere {
  if (outlook.state === "cannot") return { ...outlook, tuningStops: [], tuningNotes: [] };
  const { armStops, otherArms } = outlook;
  const others = armStops.length > 0 ? otherArms.filter((name) => able.includes(name)) : stops.length > 0 ? able : [];
  return { ...outlook, otherArms: others, tuningStops: stops, tuningNotes: notes };
}
