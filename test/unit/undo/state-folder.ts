import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { RunLine } from "../../../runner/undo/lines.ts";

export const NODE = { change: "sysctl", node: "node1", in: "node", key: "net.core.somaxconn" } as const;

/** The first line of a dead run's journal. */
export function runLine(differently: Partial<RunLine> = {}): string {
  const run: RunLine = {
    change: "run",
    target: { kind: "lab", name: "gone", startedByRun: false },
    pid: process.pid,
    // Another process had the PID then.
    startTicks: "1",
    agentImage: "agent",
    startedAt: "2026-01-01T00:00:00.000Z",
    ...differently,
  };
  return JSON.stringify(run);
}

export interface StateFolder {
  /** Of the test that runs. */
  readonly path: string;
  /** Writes these lines as a journal; a text is taken as it is. Gives its path. */
  journal(name: string, ...lines: readonly (object | string)[]): string;
  /** Any text as a journal. */
  file(name: string, text: string): string;
}

/** A state folder of its own for each test, where the process under test looks for journals. */
export function stateFolder(): StateFolder {
  let path = "";
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), "packetwalk-undo-"));
    process.env.XDG_STATE_HOME = path;
  });
  afterEach(() => {
    delete process.env.XDG_STATE_HOME;
    rmSync(path, { recursive: true, force: true });
  });
  const file = (name: string, text: string) => {
    const folder = join(path, "packetwalk", "journal");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  return {
    get path() {
      return path;
    },
    file,
    journal(name, ...lines) {
      const texts = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
      return file(name, texts.map((line) => `${line}\n`).join(""));
    },
  };
}
