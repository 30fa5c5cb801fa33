import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that take minutes, or much of one. Where files are at work side by side these begin first, so that the last one to
 * end is a short one. vitest knows by itself only where it has run before, which a clean clone has not. Those that put a load on
 * the lab are parted by others that don't.
 */
const LONG = [
  "test/programs/go/k6",
  "test/programs/go",
  "test/lab/rolling-update",
  "test/lab/dns-storm",
  "test/programs/image",
  "test/programs/package",
  "test/browser/report",
  "test/lab/dns",
  "test/programs/cli/kubeconfig",
  "test/browser",
  "test/programs/resolvers",
  "test/programs/cli",
  "test/programs/structure",
  "test/lab/load",
  "test/lab/tunings",
  "test/lab/tiny-suite",
  "test/lab/waiting/paths",
  "test/lab/waiting/rollouts-nftables",
  "test/lab/waiting/k6-operator",
  "test/lab/waiting/nightly",
  "test/lab/waiting/ingress-paths",
  "test/lab/waiting/remedies",
  "test/lab/waiting/workload",
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
