import { createLogUpdate } from "log-update";
import pc from "picocolors";
import { printable } from "../printable.ts";
import type { Progress } from "../progress.ts";
import { terminalOf } from "./terminal-of.ts";

interface Running {
  readonly title: string;
  readonly startedMs: number;
  detail: string;
}

const REDRAW_MS = 250;

/** Progress on stderr: on a terminal the running steps are redrawn in place, elsewhere each start and end is a line. */
export function terminalProgress(stream: NodeJS.WriteStream): Progress & { stop(): void } {
  const live = stream.isTTY ? createLogUpdate(stream) : undefined;
  const colour = pc.createColors(terminalOf(stream).colour);
  const running = new Set<Running>();
  const draw = () => live?.([...running].map((step) => `${colour.cyan("…")} ${line(step)}`).join("\n"));
  const timer = live ? setInterval(draw, REDRAW_MS) : undefined;
  timer?.unref();

  const print = (text: string) => {
    live?.clear();
    stream.write(`${text}\n`);
    draw();
  };
  return {
    async step(title, work) {
      const step: Running = { title, startedMs: Date.now(), detail: "" };
      running.add(step);
      if (!live) print(`… ${printable(title)}`);
      let lastPrintedMs = Date.now();
      try {
        const value = await work((detail) => {
          step.detail = detail;
          // Without a terminal a long build still has to be seen moving.
          if (!live && Date.now() - lastPrintedMs > 15_000) {
            lastPrintedMs = Date.now();
            print(`  ${printable(`${title}: ${detail}`)}`);
          }
        });
        running.delete(step);
        print(`${colour.green("✓")} ${line(step)}`);
        return value;
      } catch (error) {
        running.delete(step);
        print(`${colour.red("✗")} ${line(step)}`);
        throw error;
      }
    },
    note: (text) => print(`  ${printable(text)}`),
    stop() {
      clearInterval(timer);
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
