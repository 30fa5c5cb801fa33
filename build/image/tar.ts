import { createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { type Header, type Pack, pack } from "tar-stream";

/** What an entry is to be, whatever it is on this machine; all others are root's. */
export type Overrides = Readonly<Record<string, { readonly mode: number; readonly uid: number }>>;

/**
 * A folder's content as a tar. Equal content gives equal bytes: sorted, of one time, and of the modes 755 and 644, whoever
 * made it and under which umask.
 * @param seconds since 1970, of every entry
 * @param overrides by path below the folder
 */
export function tarOf(folder: string, seconds: number, overrides: Overrides = {}): AsyncIterable<unknown> {
  const archive = pack();
  addFolder(archive, folder, "", { mtime: new Date(seconds * 1000), uname: "", gname: "" }, overrides).then(
    () => archive.finalize(),
    (error: Error) => archive.destroy(error),
  );
  return archive;
}

async function addFolder(
  archive: Pack,
  root: string,
  below: string,
  common: Partial<Header>,
  overrides: Overrides,
): Promise<void> {
  for (const file of (await readdir(join(root, below))).sort()) {
    const name = below === "" ? file : `${below}/${file}`;
    const path = join(root, name);
    const stat = await lstat(path);
    const { mode = stat.mode & 0o111 || stat.isDirectory() ? 0o755 : 0o644, uid = 0 } = overrides[name] ?? {};
    const header = { ...common, name, mode, uid, gid: uid };
    if (stat.isDirectory()) {
      archive.entry({ ...header, name: `${name}/`, type: "directory" });
      await addFolder(archive, root, name, common, overrides);
    } else if (stat.isSymbolicLink()) {
      archive.entry({ ...header, mode: 0o777, type: "symlink", linkname: await readlink(path) });
    } else if (stat.isFile()) {
      await addFile(archive, { ...header, type: "file", size: stat.size }, path);
    } else {
      throw new Error(`${path} is not a file, folder or symbolic link: it can't be part of an image`);
    }
  }
}

function addFile(archive: Pack, header: Partial<Header> & Pick<Header, "name">, path: string): Promise<void> {
  return new Promise((done, fail) => {
    const entry = archive.entry(header, (error) => (error ? fail(error) : done()));
    const copy = async () => {
      for await (const chunk of createReadStream(path)) {
        if (!entry.write(chunk)) await new Promise<void>((drained) => entry.once("drain", () => drained()));
      }
      entry.end(null);
    };
    copy().catch(fail);
  });
}
