import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Timeline } from "../experiment/trial.ts";

export const TIMELINES = "timelines.jsonl";

export interface TimelineFile {
  write(line: Timeline): void;
  close(): void;
}

/** The requests' timelines of a tracing engine, one JSON document a line; the file is there only if there are any. */
export function timelineFile(folder: string): TimelineFile {
  const path = join(folder, TIMELINES);
  let file: number | undefined;
  return {
    write({ arm, round, worker, timeline }) {
      file ??= openSync(path, "w");
      // The worker's own document with the block that it belongs to in front.
      writeSync(file, `${JSON.stringify({ arm, round, worker }).slice(0, -1)},${timeline.slice(1)}\n`);
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
