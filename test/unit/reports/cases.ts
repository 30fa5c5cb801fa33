/** Every result that the report tests must hold for: the made-up ones and all recorded ones in test/fixtures. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Result } from "../../../runner/result/result.ts";
import { dnsResult, doubtfulDnsResult } from "../suites/dns-storm/report/fixture.ts";
import { rolloutResult, unseenRolloutResult } from "../suites/rolling-update/report/fixture.ts";
import { allCases } from "./fixture.ts";

const RECORDED = new URL("../../fixtures/", import.meta.url);

function isResultDocument(document: unknown): boolean {
  return typeof document === "object" && document !== null && "schemaVersion" in document;
}

function recordedCases(): Record<string, Result> {
  const names = existsSync(RECORDED) ? readdirSync(RECORDED).filter((name) => name.endsWith(".json")) : [];
  const documents = names.map((name) => [name, JSON.parse(readFileSync(new URL(name, RECORDED), "utf8"))] as const);
  return Object.fromEntries(
    documents
      .filter(([, document]) => isResultDocument(document))
      .map(([name, document]) => [name, Result.parse(document)]),
  );
}

export const CASES: Readonly<Record<string, Result>> = {
  ...allCases(),
  rollouts: rolloutResult(),
  "rollouts unseen": unseenRolloutResult(),
  dns: dnsResult(),
  "dns in doubt": doubtfulDnsResult(),
  ...recordedCases(),
};
