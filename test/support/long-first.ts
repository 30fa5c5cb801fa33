import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that take minutes, or much of one. Where files are at work side by side these begin first, so that the last one to
 * end is a short one. vitest knows by itself only where it has run before, which a clean clone has not. Those that put a load on
 * the lab are parted by as much of others that don't: a run waits for minutes where another one's connections fill the nodes'
 * tables, and those of a run that was not taken down by itself are in them for two minutes more.
 */
const LONG = [
  "test/lab/rolling-update",
  "test/programs/image",
  "test/browser/accessibility",
  "test/lab/dns.test",
  "test/browser/report",
  "test/programs/delivery/fetch",
  "test/programs/package",
  "test/lab/tunings",
  "test/programs/undo-restore",
  "test/programs/resolvers",
  "test/programs/cli/kubeconfig",
  "test/browser/live",
  "test/browser/rehearsal",
  "test/programs/cli/bad-input",
  "test/lab/dns-storm",
  "test/browser",
  "test/programs/cli",
  "test/lab/tiny-suite",
  "test/programs/prometheus",
  "test/lab/load",
  "test/programs/structure",
  "test/lab/waiting/workload",
  "test/lab/waiting/nightly",
  "test/lab/waiting/rights",
  "test/lab/waiting/rehearsed-events",
  "test/lab/waiting/rehearse.test",
  "test/lab/waiting/paths",
  "test/lab/waiting/tuning-rights",
  "test/lab/waiting/blind-storm",
  "test/lab/waiting/doctor",
  "test/lab/waiting/k6-operator",
  "test/lab/waiting/no-way",
  "test/lab/waiting/ingress-paths",
  "test/lab/waiting/rehearse-rights",
  "test/lab/waiting/remedies",
  "test/lab/waiting/rollouts",
  "test/lab/waiting/user-k6-script",
  "test/lab/waiting/blind-rollout",
  "test/lab/waiting/live-load",
  "test/programs/go/k6",
  "test/programs/go",
  "test/lab/nodes/two-clusters",
  "test/lab/nodes/overlay-tax",
  "test/lab/nodes/service-scale",
];

export default class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const root = this.ctx.config.root;
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex((each) => relative(root, moduleId).startsWith(each));
      return at < 0 ? LONG.length : at;
    };
    const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    const usual = await super.sort(files);
    return usual.sort((a, b) => group(a) - group(b) || rank(a) - rank(b));
  }
}
