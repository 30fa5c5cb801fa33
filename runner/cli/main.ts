import { CommanderError } from "commander";
import { EXIT, exitCodeOfError } from "./exit-codes.ts";
import { outliveReaders } from "./gone-readers.ts";
import { programFor } from "./program.ts";
import { tellError } from "./tell-error.ts";
import { onUncaught } from "./uncaught.ts";

onUncaught();
outliveReaders();
const program = await programFor(process.argv.slice(2));
for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)])
  command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has already printed its sentence, or the help that was asked for.
    process.exitCode = error.exitCode === 0 ? EXIT.passed : EXIT.usage;
  } else {
    tellError(error);
    process.exitCode = exitCodeOfError(error);
  }
}
