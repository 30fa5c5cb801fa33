import type { Architecture } from "../architecture.ts";

/** Our programs that run in other people's images. */
export type ProgramName = "agent" | "k6" | "lookup-glibc" | "lookup-musl" | "node-worker.cjs";

/** A program for pods, on this machine's disk. */
export interface ProgramFile {
  readonly path: string;
  /** Of the file, in hexadecimal; whoever passes the program on checks it by this before it is run. */
  readonly sha256: string;
}

/**
 * Where programs come from.
 * @returns undefined where there is none for that architecture
 */
export type ProgramSource = (name: ProgramName, architecture: Architecture) => Promise<ProgramFile | undefined>;

/** Folder of the programs in every pod that has some. */
export const PROGRAMS_FOLDER = "/packetwalk";

/** A program's path in pods. */
export function programPath(name: ProgramName): string {
  return `${PROGRAMS_FOLDER}/${name}`;
}

export const AGENT = programPath("agent");

/** A command for an exec in a pod that may not have its programs yet. */
export function onceThere(command: readonly [string, ...string[]]): string[] {
  return ["sh", "-c", 'until [ -x "$0" ]; do sleep 0.05; done; exec "$0" "$@"', ...command];
}
