import { programPath } from "../delivery/programs.ts";

/** Our program for Node, in an image that has Node on its path. */
export function nodeCommand(...args: string[]): string[] {
  return ["node", programPath("node-worker.cjs"), ...args];
}
