import { arrivalOf } from "../analysis/arrival.ts";
import type { TuningReport } from "../result/tuning.ts";
import type { Write } from "../tunings/apply.ts";
import type { ReadBack } from "../tunings/read-back.ts";
import type { Tuning } from "../tunings/tuning.ts";
import type { ArmPlan } from "./arms.ts";

/** What one arm's blocks showed of its settings: the writes, and the values as read back in every block. */
export interface ArmEvidence {
  readonly writes: readonly Write[];
  readonly readBacks: readonly ReadBack[];
}

/** Says of every tuning of an arm whether it arrived where it must act. */
export function tuningReports(arm: ArmPlan, evidence: ArmEvidence): TuningReport[] {
  return arm.tunings.map((tuning) => tuningReport(arm.name, tuning, evidence));
}

function tuningReport(arm: string, tuning: Tuning, evidence: ArmEvidence): TuningReport {
  const { words, places } = tuning.actsIn;
  const writes = evidence.writes.filter((write) => write.tuning === tuning.name);
  const own = evidence.readBacks.filter((each) => each.tuning === tuning.name);
  return {
    name: tuning.name,
    arm,
    setting: tuning.setting,
    ...(tuning.folder === undefined ? {} : { folder: tuning.folder }),
    scope: tuning.scope,
    actsIn: words,
    arrival: arrivalOf({
      writes: writes.map((write) => ({ where: write.node, error: write.error })),
      readBacks: own.map((each) => ({ ...each, place: places.includes(each.place) ? "acts" : each.place })),
      actsIn: "acts",
    }),
    note: tuning.note,
    failed: firstFailure(writes),
    readBacks: summarise(own),
  };
}

function firstFailure(writes: readonly Write[]): TuningReport["failed"] {
  for (const { node, error } of writes) if (error !== null) return { where: node, because: error };
  return null;
}

/** Pods come and go with every block: alike read-backs of a kind of pods are told once, with how many there were. */
export function summarise(readBacks: readonly ReadBack[]): TuningReport["readBacks"] {
  const groups = new Map<string, { first: ReadBack; wheres: Set<string> }>();
  for (const each of readBacks) {
    const key = [each.among ?? each.where, each.field, each.got].join("\0");
    const group = groups.get(key) ?? { first: each, wheres: new Set<string>() };
    group.wheres.add(each.where);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ first, wheres }) => {
    const where = first.among === undefined ? first.where : `${wheres.size} ${first.among}`;
    return {
      where: first.field === undefined ? where : `${where}, ${first.field}`,
      wanted: first.wanted,
      got: first.got ?? "not readable",
    };
  });
}
