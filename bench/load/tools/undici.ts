import { scriptTool } from "./script-tool.ts";
import type { OpenTool } from "./tool.ts";

export const undici: OpenTool = {
  name: "undici",
  about: "Node, a small open-loop script",
  loop: "open",
  firstGuessPerSecond: 2000,
  prepare: (update) => scriptTool("undici.ts", update),
};
