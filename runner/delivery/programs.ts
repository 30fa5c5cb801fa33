/** Our programs that run in other people's images. */
export type ProgramName = "agent" | "k6" | "lookup-glibc" | "lookup-musl" | "node-worker.cjs";

/** As Go and Kubernetes call a processor's architecture. */
export type Arch = "amd64" | "arm64";

export const ARCHES: readonly Arch[] = ["amd64", "arm64"];

export interface ProgramFile {
  readonly path: string;
  /** Of the file, in hexadecimal. */
  readonly sha256: string;
}

/**
 * Where programs come from.
 * @returns undefined where there is none for that architecture
 */
export type ProgramSource = (name: ProgramName, arch: Arch) => Promise<ProgramFile | undefined>;

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
