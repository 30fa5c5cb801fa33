import { UsageError } from "../../errors.ts";

/** What is wrong with a line of a file, from 1 on. */
export type LineFault = (line: number, sentence: string) => UsageError;

export function lineFaults(named: string): LineFault {
  return (line, sentence) => new UsageError(`${named}:${line}: ${sentence}`);
}
