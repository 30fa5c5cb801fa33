import { cruise, type ICruiseResult } from "dependency-cruiser";
import { RULES } from "./rules.ts";

/** What the rules are about: all that is installed. */
export const FOLDERS = ["runner", "suites", "reports", "programs"] as const;

/** All modules of the tree under a folder with what they import, and where they break a rule. */
export async function cruised(root: string): Promise<ICruiseResult> {
  const { output } = await cruise([...FOLDERS], {
    baseDir: root,
    ruleSet: RULES,
    validate: true,
    doNotFollow: { path: "node_modules" },
    // Types too. "specify" would compile everything once more, to tell what an import of a type says itself.
    tsPreCompilationDeps: true,
    // As Node finds a package's parts, such as csv-parse/sync.
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  });
  if (typeof output === "string") throw new Error("dependency-cruiser gave text instead of its result");
  return output;
}
