import type { Progress } from "../progress.ts";
import type { SiteRole } from "./sites.ts";

/** Says of which cluster it tells, where there are two. */
export function siteProgress(progress: Progress, role: SiteRole): Progress {
  if (role === "both") return progress;
  return {
    step: (title, work) => progress.step(`${title} (${role} cluster)`, work),
    note: (text) => progress.note(`On the ${role} cluster: ${text}`),
  };
}
