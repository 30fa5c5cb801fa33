import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";

export interface Folder extends Disposable {
  readonly path: string;
  /** Writes a file and gives its path. */
  write(name: string, text: string, mode?: number): string;
}

export function folder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "packetwalk-kubeconfig-"));
  return {
    path,
    write(name, text, mode = 0o600) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { mode });
      return file;
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A kubeconfig with one context `c`, of cluster `k` and user `u`. */
export function kubeconfigText(cluster: object, user: object = {}): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
    clusters: [{ name: "k", cluster }],
    users: [{ name: "u", user }],
  });
}
