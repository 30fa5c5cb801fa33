/** What a history tells of recorded nights, by the way that `packetwalk history` takes: files, import, store, change points. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Group, groupsOf } from "../../runner/analysis/history/series.ts";
import { entryIn } from "../../runner/cli/run-history-import.ts";
import { openStore } from "../../runner/history/open.ts";
import type { Result } from "../../runner/result/result.ts";
import { floodJudging } from "../../suites/connection-flood/judging.ts";
import { connectionFlood } from "../../suites/connection-flood/suite.ts";
import { type Lost, recordedNights } from "./recorded.ts";

export const NIGHTS = 30;
/** The first night whose settings are lost. */
export const LOST_FROM = 15;

export interface RecordedCase {
  readonly what: string;
  readonly lost: Lost;
  /** Metrics of the tuned arm that must show it; the others may, since they are of the same blocks. */
  readonly shownBy: readonly string[];
}

export const RECORDED_CASES: readonly RecordedCase[] = [
  { what: "nothing changes", lost: () => 0, shownBy: [] },
  {
    what: "the settings are lost",
    lost: (night) => (night < LOST_FROM ? 0 : 5),
    shownBy: ["success-rate", "drops", "latency-p99", "latency-p50", "latency-p999", "connections-per-second"],
  },
  {
    what: "the settings are lost in one block of five",
    lost: (night) => (night < LOST_FROM ? 0 : 1),
    shownBy: ["success-rate", "drops"],
  },
];

export interface FoundInRecorded {
  /** Shifts in series that must show one, and how many were found at most one night beside their place. */
  readonly planted: number;
  readonly found: number;
  /** Changes shown anywhere else, or where nothing was changed. */
  readonly others: number;
  /** Those of them that are at least the metric's floor: a smaller one raises no alarm. */
  readonly falseAlarms: number;
  readonly series: number;
}

export async function foundInRecorded(seed: number, { lost, shownBy }: RecordedCase): Promise<FoundInRecorded> {
  const [group, ...further] = await historyOf(recordedNights(seed, NIGHTS, lost));
  if (group === undefined || further.length > 0 || group.nights.length !== NIGHTS)
    throw new Error("the history does not have all of the nights, as one group");
  const near = (index: number) => Math.abs(index - LOST_FROM) <= 1;
  const isShown = ({ arm, metric }: Group["series"][number]) => arm === "recommended" && shownBy.includes(metric);
  const changed = shownBy.length > 0;
  const others = group.series.flatMap(({ arm, changes }) =>
    changes.filter(({ index }) => !(changed && arm === "recommended" && near(index))),
  );
  return {
    planted: shownBy.length,
    found: group.series.filter((each) => isShown(each) && each.changes.some(({ index }) => near(index))).length,
    others: others.length,
    falseAlarms: others.filter(({ matters }) => matters).length,
    series: group.series.length,
  };
}

async function historyOf(results: readonly Result[]): Promise<Group[]> {
  const folder = mkdtempSync(join(tmpdir(), "packetwalk-bench-history-"));
  const suites = [{ name: connectionFlood.name, evidence: floodJudging.evidence }];
  try {
    const store = await openStore(folder, "write");
    if (store === null) throw new Error("no store could be made");
    try {
      for (const [night, result] of results.entries()) {
        const file = join(folder, `night-${night}.json`);
        writeFileSync(file, JSON.stringify(result));
        await store.add([entryIn(file, suites)]);
      }
      return groupsOf(await store.nights(), 120);
    } finally {
      await store.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
