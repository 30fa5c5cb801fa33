import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that take minutes, or much of one. Where files are at work side by side these begin first, so that the last one to
 * end is a short one. vitest knows by itself only where it has run before, which a clean clone has not. Those that put a load on
 * the lab are parted by others that don't.
 */
const LONG = [
  "test/lab/rolling-update",
  "test/programs/image",
  "test/lab/tunings",
  "test/programs/package",
  "test/lab/dns-storm",
  "test/browser/report",
  "test/lab/dns.test",
  "test/programs/undo-restore",
  "test/lab/tiny-suite",
  "test/programs/resolvers",
  "test/programs/cli/kubeconfig",
  "test/lab/load",
  "test/browser",
  "test/programs/cli",
  "test/programs/prometheus",
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
  "test/lab/waiting/ingress-paths",
  "test/lab/waiting/remedies",
  "test/lab/waiting/rollouts",
  "test/lab/waiting/user-k6-script",
  "test/programs/go/k6",
  "test/programs/go",
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
