/** A made-up run for layout tests only: plausible numbers from a seeded generator; nothing was measured. */

import { normalFrom, seededUniform } from "../../../../../runner/analysis/random.ts";
import { targetsOf } from "../../../../../runner/analysis/target-differences.ts";
import { judge } from "../../../../../runner/analysis/verdict/judge.ts";
import { armPair } from "../../../../../runner/experiment/arms.ts";
import { tuningReports } from "../../../../../runner/experiment/tuning-reports.ts";
import { loadMs, ratePerSecond } from "../../../../../runner/load/spec.ts";
import { type Arm, type Result, type Role, SCHEMA_VERSION } from "../../../../../runner/result/result.ts";
import type { Target } from "../../../../../runner/result/target.ts";
import { growthOf } from "../../../../../suites/service-scale/analysis/growth.ts";
import { predictScale } from "../../../../../suites/service-scale/analysis/predictions.ts";
import type { ScaleBlockEvidence, ScaleEvidence } from "../../../../../suites/service-scale/evidence.ts";
import { scaleJudging } from "../../../../../suites/service-scale/judging.ts";
import { LADDERS, roundsOf, sizeOfRound } from "../../../../../suites/service-scale/ladder.ts";
import { serviceScale } from "../../../../../suites/service-scale/suite.ts";
import { evidence, scaleBlock } from "../measured.ts";

const ROUNDS = roundsOf("quick");
const BLOCK_MS = 20_000;
const START = Date.parse("2026-03-02T09:00:00.000Z");
const ARMS = await armPair(serviceScale, "iptables", "nftables");

function target(name: string, proxyMode: string): Target {
  return {
    ...{ kind: "lab", context: `packetwalk-${name}`, uid: name, kubernetes: "v1.34.4", cni: "direct", proxyMode },
    ...{ distribution: null, kernel: "6.18.0", nodes: 2, leftOut: [] },
    nodeFacts: ["node1", "node2"].map((node) => ({
      ...{ name: node, cpus: 2, memoryBytes: 8 * 2 ** 30, region: null, zone: null },
      containerRuntime: "containerd://1.6.20",
    })),
  };
}

function evidenceOf(role: Role, services: number, noise: () => number): ScaleBlockEvidence {
  const isWalked = role === "baseline";
  const p50 = 0.11 + 0.002 * noise() + (isWalked ? (15 * services) / 1e6 : 0);
  return evidence(services, {
    mode: isWalked ? "iptables" : "nftables",
    target: { address: "10.96.0.20", place: "tail", rulesWalked: isWalked ? services + 2 : null },
    connectMs: { p50, p99: 6 * p50 },
    made: { created: services, deleted: 0, programmedMs: 900 },
  });
}

function armOf<R extends Role>(role: R): Arm<ScaleBlockEvidence, R> {
  const noise = normalFrom(seededUniform(role === "baseline" ? 1 : 2));
  const blocks = Array.from({ length: ROUNDS + 1 }, (_, round) => {
    const position = 2 * round + (role === "baseline" ? 0 : 1);
    const startedAt = new Date(START + position * BLOCK_MS).toISOString();
    return scaleBlock(evidenceOf(role, sizeOfRound(LADDERS.quick, ROUNDS, round), noise), round, { startedAt });
  });
  return { name: ARMS[role].name, role, tunings: ARMS[role].tunings.map(({ name }) => name), blocks };
}

/** @param change of all blocks' evidence */
export function scaleResult(
  change: (evidence: ScaleBlockEvidence) => ScaleBlockEvidence = (same) => same,
): Result<ScaleEvidence> {
  const changed = <R extends Role>(arm: Arm<ScaleBlockEvidence, R>): Arm<ScaleBlockEvidence, R> => {
    return { ...arm, blocks: arm.blocks.map((block) => ({ ...block, evidence: change(block.evidence) })) };
  };
  const arms = [changed(armOf("baseline")), changed(armOf("tuned"))] as const;
  const { question, plan } = serviceScale;
  const { load } = plan("quick");
  const readBacks = ["node1", "node2"].map((node) => {
    return {
      tuning: "proxy-nftables",
      place: "node-rules",
      where: `node ${node}`,
      wanted: "nftables",
      got: "nftables",
    };
  });
  const tunings = tuningReports(ARMS.tuned, { writes: [], readBacks });
  const asked = { scheduledPerBlock: null, workers: null };
  const judged = judge({ suite: scaleJudging, arms, tunings, plan: asked, spent: 1, twoClusters: true });
  const grown = arms.map(({ name, blocks }) => growthOf(name, blocks));
  const targets = targetsOf(target("default", "iptables"), target("default-nft", "nftables"));
  return {
    ...{
      schemaVersion: SCHEMA_VERSION,
      packetwalk: "0.0.0-test",
      suite: serviceScale.name,
      question,
      seed: 1,
      quick: true,
    },
    startedAt: new Date(START).toISOString(),
    finishedAt: new Date(START + 2 * (ROUNDS + 1) * BLOCK_MS).toISOString(),
    ...{ target: targets.baseline, targets },
    ...{ verdict: judged.verdict, why: judged.why, advice: [] },
    load: {
      ...{
        engine: "flood",
        model: "open",
        ratePerSecond: ratePerSecond(load),
        connections: null,
        arrivals: "constant",
      },
      ...{ durationMs: loadMs(load), timeoutMs: load.timeoutMs, workers: load.workers, placement: load.placement },
    },
    order: Array.from({ length: ROUNDS + 1 }, () => [ARMS.baseline.name, ARMS.tuned.name]).flat(),
    ...{ arms, metrics: judged.metrics, tunings, hops: [] },
    attribution: { failures: 0, attributed: 0, unexplained: 0, byHop: {}, evidence: [] },
    predictions: arms.flatMap(({ name, blocks }) => predictScale(name, blocks)),
    warnings: judged.warnings,
    evidence: {
      ...{ sizes: [...LADDERS.quick], variant: "plain" },
      growth: grown.flatMap(({ growth }) => growth),
      fallsBehind: grown.flatMap(({ fallsBehind }) => fallsBehind),
      beyond: grown.flatMap(({ beyond }) => beyond),
    },
  };
}
