import { arrivalOf } from "../analysis/arrival.ts";
import type { TuningReport } from "../result/schema.ts";
import type { Write } from "../tunings/apply.ts";
import type { ReadBack } from "../tunings/read-back.ts";
import { type ActsIn, scopeOf, settingOf, type Tuning } from "../tunings/tuning.ts";
import type { ArmPlan } from "./arms.ts";

/** What one arm's blocks showed of its settings: the writes, and the values as read back in every block. */
export interface ArmEvidence {
  readonly writes: readonly Write[];
  readonly readBacks: readonly ReadBack[];
}

const ACTS_IN: Readonly<Record<ActsIn, { readonly words: string; readonly places: readonly ReadBack["place"][] }>> = {
  node: { words: "the nodes' network namespaces", places: ["node"] },
  "client-pods": { words: "the client pods' network namespaces", places: ["client-pods"] },
  "server-pods": { words: "the web pods", places: ["server-pods"] },
  deployment: { words: "the Deployment’s rollouts", places: ["deployment"] },
  proxies: { words: "the proxies before the web pods", places: ["proxies"] },
  resolvers: {
    words: "the client pods' resolvers",
    places: ["glibc-resolvers", "musl-resolvers", "node-resolvers"],
  },
  // Node's dns.lookup is its libc's.
  "glibc-resolvers": { words: "the client pods' resolvers of glibc", places: ["glibc-resolvers", "node-resolvers"] },
  "musl-resolvers": { words: "the client pods' resolvers of musl", places: ["musl-resolvers"] },
  "cluster-dns": { words: "the DNS under test", places: ["cluster-dns"] },
  "all-pods": { words: "the client and server pods' network namespaces", places: ["client-pods", "server-pods"] },
};

/** Says of every tuning of an arm whether it arrived where it must act. */
export function tuningReports(arm: ArmPlan, evidence: ArmEvidence): TuningReport[] {
  return arm.tunings.map((tuning) => tuningReport(arm.name, tuning, evidence));
}

function tuningReport(arm: string, tuning: Tuning, evidence: ArmEvidence): TuningReport {
  const acts = ACTS_IN[tuning.actsIn];
  const writes = evidence.writes.filter((write) => write.tuning === tuning.name);
  const own = evidence.readBacks.filter((each) => each.tuning === tuning.name);
  const failed = writes.find((write) => write.error !== null);
  return {
    name: tuning.name,
    arm,
    setting: settingOf(tuning),
    scope: scopeOf(tuning),
    actsIn: acts.words,
    arrival: arrivalOf({
      writes: writes.map((write) => ({ where: write.node, error: write.error })),
      readBacks: own.map((each) => ({ ...each, place: acts.places.includes(each.place) ? "acts" : each.place })),
      actsIn: "acts",
    }),
    note: failed ? `${tuning.note}; on ${failed.node} the write failed: ${failed.error}` : tuning.note,
    readBacks: summarise(own),
  };
}

/** Pods come and go with every block: alike read-backs of a kind of pods are told once, with how many there were. */
function summarise(readBacks: readonly ReadBack[]): TuningReport["readBacks"] {
  const groups = new Map<string, { first: ReadBack; wheres: Set<string> }>();
  for (const each of readBacks) {
    const key = [isOfPods(each) ? each.place : each.where, each.field, each.got].join("\0");
    const group = groups.get(key) ?? { first: each, wheres: new Set<string>() };
    group.wheres.add(each.where);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ first, wheres }) => {
    const where = isOfPods(first) ? `${wheres.size} ${first.place.replace("-", " ")}` : first.where;
    return {
      where: first.field === undefined ? where : `${where}, ${first.field}`,
      wanted: first.wanted,
      got: first.got ?? "not readable",
    };
  });
}

function isOfPods({ place }: ReadBack): boolean {
  return place.endsWith("-pods") || place.endsWith("-resolvers");
}
