/** Every result that the report tests must hold for: the made-up ones and all recorded ones in test/fixtures. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { SuiteReport } from "../../../reports/suite-report.ts";
import { type Result, resultSchema } from "../../../runner/result/result.ts";
import { SUITES } from "../../../suites/index.ts";
import { dnsResult, doubtfulDnsResult } from "../suites/dns-storm/report/fixture.ts";
import { rolloutResult, unseenRolloutResult } from "../suites/rolling-update/report/fixture.ts";
import { scaleResult } from "../suites/service-scale/report/fixture.ts";
import { allCases } from "./fixture.ts";
import { onWorkload } from "./workload.ts";

const RECORDED = new URL("../../fixtures/", import.meta.url);

/** By suite. */
const REPORTS = new Map(await Promise.all(SUITES.map(async (suite) => [suite.name, await suite.report()] as const)));

/** What only its suite can say of a result; `page()` gives its part of the HTML page. */
export function reportOf({ suite }: Pick<Result, "suite">): SuiteReport {
  const report = REPORTS.get(suite);
  if (!report) throw new Error(`there is no suite ${suite}`);
  return report;
}

const EVIDENCE = new Map(
  await Promise.all(SUITES.map(async ({ name, judging }) => [name, (await judging()).evidence] as const)),
);

/** The schema of a result's suite. */
export function schemaOf({ suite: name }: Pick<Result, "suite">): ReturnType<typeof resultSchema> {
  const evidence = EVIDENCE.get(name);
  if (!evidence) throw new Error(`there is no suite ${name}`);
  return resultSchema(name, evidence);
}

function isResultDocument(document: unknown): document is Result {
  return typeof document === "object" && document !== null && "schemaVersion" in document;
}

function recordedCases(): Record<string, Result> {
  const names = existsSync(RECORDED) ? readdirSync(RECORDED).filter((name) => name.endsWith(".json")) : [];
  const documents: [string, unknown][] = names.map((name) => [
    name,
    JSON.parse(readFileSync(new URL(name, RECORDED), "utf8")),
  ]);
  return Object.fromEntries(
    documents.flatMap(([name, document]) => {
      if (!isResultDocument(document)) return [];
      schemaOf(document).parse(document);
      return [[name, document]];
    }),
  );
}

export const CASES: Readonly<Record<string, Result>> = {
  ...allCases(),
  rollouts: rolloutResult(),
  "rollouts unseen": unseenRolloutResult(),
  dns: dnsResult(),
  "dns in doubt": doubtfulDnsResult(),
  "services by number": scaleResult(),
  "rollouts on a workload of the user's": onWorkload(rolloutResult()),
  ...recordedCases(),
};
