import { createLogUpdate } from "log-update";
import pc from "picocolors";
import { printable } from "../printable.ts";
import type { Progress } from "../progress.ts";
import { CI_EVERY_MS, isCi, plainLines } from "./plain-lines.ts";
import { terminalOf } from "./terminal-of.ts";

interface Running {
  readonly title: string;
  readonly startedMs: number;
  detail: string;
}

/** What else is shown while steps run. */
export interface LiveRegion {
  /** Below the running steps, on a terminal. */
  lines(terminal: { readonly colour: boolean; readonly width: number }): readonly string[];
  /** Elsewhere, when nothing has been printed for a while; null: nothing is to be told. */
  line(): string | null;
}

interface ProgressOptions {
  readonly region?: LiveRegion;
  /** Whether it is a CI job's. */
  readonly env?: { readonly CI?: string | undefined };
}

const REDRAW_MS = 250;
/** Without a terminal a long build, and a block, still have to be seen moving. */
const SILENT_MS = 15_000;
/** A CI job's log is read afterwards. */
const SILENT_IN_CI_MS = 60_000;

/**
 * Progress on stderr: on a terminal the running steps are redrawn in place, with the live region below them; elsewhere each start and
 * end is a line, and in a CI job there is no more than one line in 10 s.
 */
export function terminalProgress(
  stream: NodeJS.WriteStream,
  { region, env = process.env }: ProgressOptions = {},
): Progress & { stop(): void } {
  const live = stream.isTTY ? createLogUpdate(stream) : undefined;
  const colour = pc.createColors(terminalOf(stream).colour);
  const running = new Set<Running>();
  const inCi = !live && isCi(env);
  const silentMs = inCi ? SILENT_IN_CI_MS : SILENT_MS;
  const plain = plainLines((line) => stream.write(`${line}\n`), { everyMs: inCi ? CI_EVERY_MS : 0 });
  const draw = () => {
    const steps = [...running].map((step) => `${colour.cyan("…")} ${line(step)}`);
    live?.([...steps, ...(region?.lines(terminalOf(stream)) ?? [])].join("\n"));
  };
  const tell = () => {
    if (plain.silentMs() < silentMs) return;
    const told = region?.line() ?? null;
    if (told !== null) plain.say(`  ${printable(told)}`);
  };
  const timer = live || region ? setInterval(live ? draw : tell, live ? REDRAW_MS : 1_000) : undefined;
  timer?.unref();

  const print = (text: string, how: (text: string) => void) => {
    if (!live) return how(text);
    live.clear();
    stream.write(`${text}\n`);
    draw();
  };
  const end = (step: Running, sign: string) => {
    running.delete(step);
    print(`${sign} ${line(step)}`, (text) => plain.ended(step, text));
  };
  return {
    async step(title, work) {
      const step: Running = { title, startedMs: Date.now(), detail: "" };
      running.add(step);
      if (!live) plain.began(step, `… ${printable(title)}`);
      let lastPrintedMs = Date.now();
      try {
        const value = await work((detail) => {
          step.detail = detail;
          if (!live && Date.now() - lastPrintedMs > SILENT_MS) {
            lastPrintedMs = Date.now();
            plain.say(`  ${printable(`${title}: ${detail}`)}`);
          }
        });
        end(step, colour.green("✓"));
        return value;
      } catch (error) {
        end(step, colour.red("✗"));
        throw error;
      }
    },
    note: (text) => print(`  ${printable(text)}`, plain.say),
    stop() {
      clearInterval(timer);
      plain.flush();
      live?.clear();
      live?.done();
    },
  };
}

function line(step: Running): string {
  const seconds = (Date.now() - step.startedMs) / 1000;
  const time =
    seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return printable(`${step.title}${step.detail ? `: ${step.detail}` : ""} (${time})`);
}
