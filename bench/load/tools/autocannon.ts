import { scriptTool } from "./script-tool.ts";
import type { ClosedTool } from "./tool.ts";

export const autocannon: ClosedTool = {
  name: "autocannon",
  about: "Node",
  loop: "closed",
  prepare: (update) => scriptTool("autocannon.ts", update),
};
