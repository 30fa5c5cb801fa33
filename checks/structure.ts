/** `npm run check:structure`: is every module on the side where it belongs? Another tree's folder can be named. */
import { fileURLToPath } from "node:url";
import { format } from "dependency-cruiser";
import { committedBinaries } from "./binaries.ts";
import { cruised } from "./cruise.ts";
import { modulesOfOneSuite } from "./one-suite.ts";
import { namedSuites } from "./suite-names.ts";

const root = process.argv[2] ?? fileURLToPath(new URL("..", import.meta.url));
const result = await cruised(root);
const { output, exitCode } = await format(result, { outputType: "err-long" });
console.log(output);
const ours = [...modulesOfOneSuite(result.modules), ...namedSuites(root), ...committedBinaries(root)];
for (const { rule, sentence } of ours) console.log(`  error ${rule}: ${sentence}`);
process.exitCode = exitCode > 0 || ours.length > 0 ? 1 : 0;
