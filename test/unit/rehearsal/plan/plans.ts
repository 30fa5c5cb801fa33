import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { UsageError } from "../../../../runner/errors.ts";
import type { Plan } from "../../../../runner/rehearsal/plan/plan.ts";
import { readPlan } from "../../../../runner/rehearsal/plan/read.ts";

export const SMALL = `name: small
targets:
  - name: web
    service: shop/web
    owned: true
traffic: { perMinute: 6000, for: 2m, newConnections: 1 }
slos:
  - drops: 0
`;

/** The small plan with other lines for one of its top fields, or with one more. */
export function planWith(field: string, lines: string): string {
  const own = new RegExp(`^${field}:.*\\n(?:[ -].*\\n)*`, "m");
  return own.test(SMALL) ? SMALL.replace(own, `${lines}\n`) : `${SMALL}${lines}\n`;
}

export const withTarget = (lines: string) => planWith("targets", `targets:\n${lines}`);
export const withTraffic = (fields: string) => planWith("traffic", `traffic: { ${fields} }`);
export const withSlo = (fields: string) => planWith("slos", `slos:\n  - { ${fields} }`);
export const withEvents = (...events: string[]) =>
  planWith("during", `during:\n${events.map((fields) => `  - { ${fields} }`).join("\n")}`);

/** Reads a plan that stands in a folder with these files. */
export function planOf(text: string, files: Readonly<Record<string, string | Uint8Array>> = {}): Plan {
  const folder = mkdtempSync(join(tmpdir(), "packetwalk-plan-"));
  try {
    for (const [name, contents] of Object.entries(files)) writeFileSync(join(folder, name), contents);
    writeFileSync(join(folder, "plan.yaml"), text);
    return readPlan(join(folder, "plan.yaml"));
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(error.message.replaceAll(`${folder}/`, ""));
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is said against a plan, in one line. */
export function sentenceOf(text: string, files?: Readonly<Record<string, string | Uint8Array>>): string {
  try {
    planOf(text, files);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    const { message } = error as Error;
    expect(message).not.toContain("\n");
    return message;
  }
  return "it was read";
}
