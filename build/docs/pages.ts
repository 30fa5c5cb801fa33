/** The pages that are made of the program itself, by their paths from the root. */
import { catalogue } from "../../runner/cli/tuning-entry.ts";
import { SUITES } from "../../suites/index.ts";
import { cliPage } from "./cli-page.ts";
import { describedProgram } from "./commands.ts";
import { manPage } from "./man-page.ts";
import { suitesPage } from "./suites-page.ts";
import { tuningKinds } from "./tuning-kinds.ts";
import { tuningPage } from "./tuning-page.ts";

export async function generatedPages(): Promise<ReadonlyMap<string, string>> {
  const program = await describedProgram();
  const tunings = await catalogue();
  return new Map([
    ["docs/cli.md", cliPage(program)],
    ["docs/packetwalk.1", manPage(program)],
    ["docs/suites.md", suitesPage(SUITES)],
    ["docs/tuning-catalogue.md", tuningPage(tunings)],
    ["runner/tunings/catalogue-kinds.ts", tuningKinds(tunings)],
  ]);
}
