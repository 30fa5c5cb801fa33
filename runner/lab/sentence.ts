import { reasonOf } from "../errors.ts";

/** One sentence for the user: the system's terse codes in words, everything else as it says itself. */
export function sentenceOf(error: unknown): string {
  const reason = reasonOf(error);
  // What a part of the lab said in words already stands within what the whole says.
  if (/^(the disk|the file system|no process of this machine) /.test(reason)) return reason;
  if (/ENOSPC|no space left on device|Wrote only \d+ of/i.test(reason)) return `the disk is full (${reason})`;
  if (/EDQUOT/.test(reason)) return `the disk quota is used up (${reason})`;
  if (/EROFS/.test(reason)) return `the file system is read-only (${reason})`;
  if (/EMFILE|too many open files/i.test(reason)) return `no process of this machine may watch more files (${reason})`;
  return reason;
}
