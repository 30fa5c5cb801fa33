/** One block: as many Services as its round has, changes of one of them, then new connections to the one that the arm names. */

import { HistogramSum } from "../../../runner/analysis/histogram.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import type { BlockLife, BlockOf } from "../../../runner/experiment/block/life.ts";
import { runBlock } from "../../../runner/experiment/block/run-block.ts";
import type { RanBlock } from "../../../runner/experiment/trial.ts";
import { loadMs } from "../../../runner/load/spec.ts";
import type { Measured } from "../../../runner/result/block.ts";
import type { VoidReason } from "../../../runner/result/reasons.ts";
import type { Sysctl } from "../../../runner/tunings/sysctl.ts";
import { type WebLoad, webLoadLife } from "../../../runner/web-load/life.ts";
import { chosen, foundIn, rulesWalkedTo } from "../analysis/census.ts";
import type { ScaleBlockEvidence } from "../evidence.ts";
import { largestOf, sizeOfRound } from "../ladder.ts";
import { placeOf, type ScaleTuning } from "../tunings.ts";
import { OPEN_PORT } from "./members.ts";
import { proxyCosts, readCosts } from "./proxies.ts";
import { readBackRules } from "./read-back.ts";
import { readRules } from "./rules.ts";
import { type ScaleStage, sysctlsOf } from "./scale-stage.ts";
import { softirqMsDuring } from "./softirq.ts";

/** All that is known of a block before its load. */
type Before = Omit<ScaleBlockEvidence, "connectMs" | "softirqUsPerConnection">;

export async function runScaleBlock(
  stage: ScaleStage,
  { arm, round, sequence }: BlockOf<ScaleTuning>,
): Promise<RanBlock<ScaleBlockEvidence>> {
  const { services: population, sizes, watching, web } = stage;
  const services = sizeOfRound(sizes, web.plan.rounds, round);
  const made = await population.to(services);
  const costsBefore = await readCosts(watching);
  const changes = await stage.switching.changes(stage.changes);
  const proxies = proxyCosts(costsBefore, await readCosts(watching), 2 * stage.changes);
  const rules = await readAll(stage);
  const client = web.nodes.client;
  const census = rules.find(({ node }) => node === client)?.census;
  if (census === undefined)
    throw new EnvironmentError(`no agent reads the rules of node ${client}, from which the load comes`);
  const place = placeOf(arm.tunings);
  const live = population.live();
  const target = chosen(census, live, place);
  if (target === undefined) throw new EnvironmentError(`node ${client} has none of the suite's Services in its rules`);
  stage.journal(target);
  const before: Before = {
    services,
    isLargest: services === largestOf(sizes),
    variant: stage.variant,
    mode: census.mode,
    target: { address: target, place, rulesWalked: rulesWalkedTo(census, target) },
    nodes: rules.map(({ node, census: each }) => ({
      ...{ node, wanted: services, rules: each.rules },
      found: foundIn(each, population.addresses()),
    })),
    made,
    changes,
    proxies,
  };
  const ran = await runBlock(web, lifeOf(stage, before), { arm: sysctlsOf(arm), round, sequence });
  const found = readBackRules({ tunings: arm.tunings, rules, client, target, live });
  return { ...ran, readBacks: [...ran.readBacks, ...found] };
}

function lifeOf(
  { web, watching }: ScaleStage,
  before: Before,
): BlockLife<Sysctl, ScaleBlockEvidence, null, WebLoad<null>, number | null> {
  const { address, rulesWalked } = before.target;
  const addresses = [...web.web.addresses, address];
  const life = webLoadLife(
    { ...web, web: { ...web.web, clusterIp: address, port: OPEN_PORT, addresses } },
    async () => null,
  );
  const { client } = web.nodes;
  return {
    ...life,
    during: (startUnixMs) =>
      softirqMsDuring(watching, client, { startUnixMs, loadMs: loadMs(web.plan.load), signal: web.signal }),
    async conclude(of, ended) {
      const found = await life.conclude(of, { ...ended, meanwhile: null });
      const now = rulesWalkedTo(await readRules(watching, client), address);
      const { meanwhile: softirqMs, measured } = ended;
      return {
        ...found,
        evidence: {
          ...before,
          connectMs: connectsOf(measured),
          softirqUsPerConnection:
            softirqMs === null || measured.sent === 0 ? null : (1_000 * softirqMs) / measured.sent,
        },
        voidedBy: [...found.voidedBy, ...(now === rulesWalked ? [] : [moved(rulesWalked, now)])],
      };
    },
  };
}

/** kube-proxy writes the chain in another order with every sync: the load then was not to the Service that was chosen. */
function moved(before: number | null, now: number | null): VoidReason {
  const words = (walked: number | null) => (walked === null ? "in no chain" : `behind ${walked} rules`);
  return {
    kind: "step-failed",
    step: "the Service keeping its place",
    because: `it was ${words(before)} before the load and ${words(now)} after it, since kube-proxy wrote the rules anew`,
  };
}

function connectsOf({ histograms }: Measured): ScaleBlockEvidence["connectMs"] {
  if (histograms.connect === "") return null;
  const connects = new HistogramSum();
  connects.add(histograms.connect);
  const [p50, p99] = [connects.quantileMs(0.5), connects.quantileMs(0.99)];
  return p50 === null || p99 === null ? null : { p50, p99 };
}

function readAll({ watching }: ScaleStage) {
  return Promise.all(watching.nodes.map(async (node) => ({ node, census: await readRules(watching, node) })));
}
