import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** A PATH with all programs of this machine but Go, whose folder may have others beside it. @param bin a folder to be made */
export function withoutGo(bin: string): string {
  mkdirSync(bin);
  for (const from of (process.env.PATH ?? "").split(":").filter((each) => existsSync(each))) {
    for (const name of readdirSync(from)) {
      if (name !== "go" && !existsSync(join(bin, name))) symlinkSync(join(from, name), join(bin, name));
    }
  }
  return bin;
}
