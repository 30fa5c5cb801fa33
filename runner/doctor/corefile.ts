/** A Corefile, as far as doctor asks about it: CoreDNS's own reader is caddyfile, whose imports and variables are left as written. */

export interface ServerBlock {
  /** "." or "cluster.local:53", as written. */
  readonly zones: readonly string[];
  readonly plugins: readonly Plugin[];
}

export interface Plugin {
  readonly name: string;
  readonly args: readonly string[];
  /** Lines of its own block. */
  readonly settings: ReadonlyArray<readonly string[]>;
}

export function parseCorefile(text: string): ServerBlock[] {
  const lines = text.split("\n").map(wordsOf);
  const blocks: ServerBlock[] = [];
  let zones: string[] | undefined;
  let plugins: Plugin[] = [];
  let settings: string[][] | undefined;
  for (const words of lines) {
    if (words.length === 0) continue;
    const opens = words.at(-1) === "{";
    const rest = opens ? words.slice(0, -1) : words;
    if (words[0] === "}") {
      if (settings) settings = undefined;
      else if (zones) {
        blocks.push({ zones, plugins });
        zones = undefined;
        plugins = [];
      }
    } else if (zones === undefined) {
      // Zones may stand on several lines, with commas between them.
      zones = opens ? rest.map((zone) => zone.replace(/,$/, "")) : zones;
    } else if (settings) settings.push(rest);
    else {
      const own: string[][] = [];
      const [name = "", ...args] = rest;
      plugins.push({ name, args, settings: own });
      if (opens) settings = own;
    }
  }
  return blocks;
}

function wordsOf(line: string): string[] {
  const bare = line.replace(/(^|\s)#.*$/, "").trim();
  return bare === "" ? [] : bare.split(/\s+/);
}

export function pluginOf(block: ServerBlock, name: string): Plugin | undefined {
  return block.plugins.find((plugin) => plugin.name === name);
}

/** Whether this block answers for the cluster's own names. */
export function servesCluster(block: ServerBlock): boolean {
  return pluginOf(block, "kubernetes") !== undefined;
}
