import { appendFile, mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Fault } from "./fault.ts";

/** Enough for the first blocks, and filled at once. */
const ROOM = "2m";
const PIECE = Buffer.alloc(4096);

/** The results' folder is a small disk of its own, which something else fills in the middle of the run. */
export const fullDisk: Fault = {
  name: "full-disk",
  does: "the results' disk full",
  saying: /the disk is full/,
  async prepare({ own }) {
    const disk = await mkdtemp(join(own.folder, "disk-"));
    await execa("mount", ["-t", "tmpfs", "-o", `size=${ROOM}`, "tmpfs", disk]);
    const out = join(disk, "results");
    await mkdir(out);
    return {
      out,
      async calm() {
        await execa("umount", [disk]);
      },
    };
  },
  async strike(_, { out = "" }) {
    const filler = join(out, "..", "filler");
    for (let isFull = false; !isFull; ) {
      isFull = await appendFile(filler, PIECE).then(
        () => false,
        (error: unknown) => {
          if (error instanceof Error && "code" in error && error.code === "ENOSPC") return true;
          throw error;
        },
      );
    }
    return [];
  },
};
