import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { TimelineLine } from "../../programs/node-worker/undici/timeline.ts";
import type { Cluster } from "../../runner/cluster/cluster.ts";
import type { Delivery } from "../../runner/delivery/delivery.ts";
import { type Lab, loadImage } from "../../runner/lab/index.ts";
import { engineByName } from "../../runner/load/engines/registry.ts";
import { deployLoad } from "../../runner/load/load.ts";
import { constant } from "../../runner/load/schedule/profiles.ts";
import { silent } from "../../runner/progress.ts";
import type { ProxyRecord } from "../../suites/rolling-update/analysis/proxy-record.ts";
import type { Path } from "../../suites/rolling-update/stage/paths/path.ts";
import { runLoad } from "./run-load.ts";

export interface TracedLoad {
  readonly lab: Lab;
  readonly cluster: Cluster;
  readonly delivery: Delivery;
  readonly paths: readonly Path[];
  /** Through each path. */
  readonly perSecond: number;
  readonly seconds: number;
}

/** What was seen of one path: by its users, and by its proxy. */
export interface Traced {
  readonly path: Path;
  readonly lines: readonly TimelineLine[];
  readonly records: readonly ProxyRecord[];
}

/** A steady load through paths, GET and POST in turn, while `during` happens; what was seen is by path, in their order. */
export async function tracedLoad(
  { lab, cluster, delivery, paths, perSecond, seconds }: TracedLoad,
  during: () => Promise<void> = async () => {},
): Promise<Traced[]> {
  const lines: TimelineLine[] = [];
  const engine = engineByName("undici");
  const [first, ...others] = paths.map(({ name, address, host, urlPath }) => ({ name, address, host, path: urlPath }));
  if (!first) throw new Error("there are no paths");
  const deployed = await deployLoad(cluster, {
    name: `load-${Date.now()}`, // another one each time: what is left of the last one may still go
    engine,
    image: await loadImage(lab.name, engine.image, silent),
    delivery,
    load: {
      model: "open",
      placement: "one-node",
      schedule: constant(perSecond * paths.length, seconds * 1_000),
      timeoutMs: 8_000,
      workers: 1,
    },
    task: { targets: [first, ...others], methods: ["GET", "POST"] },
    seed: 7,
    sliceMs: 250,
    gateTimeoutMs: 180_000,
    nodes: lab.nodes.slice(0, 1),
    podSysctls: [],
    onTimeline: (_worker, line) => lines.push(TimelineLine.parse(JSON.parse(line))),
  });
  const startAtUnixMs = Date.now() + 1_000;
  await runLoad(deployed, startAtUnixMs, async () => {
    await sleep(startAtUnixMs - Date.now());
    await during();
  });
  return Promise.all(
    paths.map(async (path): Promise<Traced> => {
      const { records, unseen } = await path.records(startAtUnixMs);
      expect(unseen, path.name).toEqual([]);
      return { path, lines: lines.filter((line) => line.to === path.name), records };
    }),
  );
}

export function tracedOn(traced: readonly Traced[], name: string): Traced {
  const found = traced.find(({ path }) => path.name === name);
  if (!found) throw new Error(`no load went through path ${name}`);
  return found;
}

/** Each request has one record, with the status that its user saw, or 499 where the user had given up. */
export function expectToAddUp({ path: { name }, lines, records }: Traced): void {
  const statusOf = new Map(records.map((record) => [record.requestId, record.status]));
  expect(statusOf.size, `${name}: ids`).toBe(records.length);
  expect(records.length, `${name}: records`).toBe(lines.length);
  for (const line of lines) expect(statusOf.get(`${line.to}-0-${line.n}`), `${name}-0-${line.n}`).toBe(line.st ?? 499);
}
