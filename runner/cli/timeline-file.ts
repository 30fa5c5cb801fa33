import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Timeline } from "../experiment/trial.ts";

export const TIMELINES = "timelines.jsonl";

export interface TimelineFile {
  write(line: Timeline): void;
  /** How long it is, of which all is on disk. */
  bytes(): number;
  close(): void;
}

/**
 * The requests' timelines of a tracing engine, one JSON document a line; the file is there only if there are any.
 * @param keptBytes of an earlier run's file, which goes on behind them: what comes after is a block's that was cut short
 */
export function timelineFile(folder: string, keptBytes: number): TimelineFile {
  const path = join(folder, TIMELINES);
  let file: number | undefined;
  let isCut = false;
  // Late: a run that is refused leaves the file as it is.
  const cut = () => {
    if (isCut) return;
    isCut = true;
    if (keptBytes === 0) rmSync(path, { force: true });
    else if (existsSync(path) && statSync(path).size > keptBytes) truncateSync(path, keptBytes);
  };
  return {
    write({ arm, round, worker, timeline }) {
      cut();
      file ??= openSync(path, "a");
      // The worker's own document with the block that it belongs to in front.
      writeSync(file, `${JSON.stringify({ arm, round, worker }).slice(0, -1)},${timeline.slice(1)}\n`);
    },
    bytes() {
      cut();
      if (file === undefined) return existsSync(path) ? statSync(path).size : 0;
      fsyncSync(file);
      return fstatSync(file).size;
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
