import { BORROWED_LAB, ownLab } from "./names.ts";
import { type SharedLab, sharedLab } from "./shared-lab.ts";
import { testLab } from "./test-lab.ts";

export interface LabToBreak extends SharedLab {
  /** For `--lab`. */
  readonly name: string;
}

/**
 * A lab whose nodes a test file may cordon, drain or fill, beside others that are at work, or in whose connection tables there
 * is nothing of others, for which a run would wait: one of its own, or the one that was borrowed, which nobody else is at work in.
 */
export function labToBreak(what: string): LabToBreak {
  if (BORROWED_LAB !== undefined) return { name: BORROWED_LAB, ...sharedLab() };
  const name = ownLab(what);
  const own = testLab(name);
  return { name, open: () => own.up("iptables"), leave: () => own.remove() };
}
