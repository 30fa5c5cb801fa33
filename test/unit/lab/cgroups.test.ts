import { describe, expect, it } from "vitest";
import { parseHierarchies } from "../../../runner/lab/machine/cgroups.ts";

describe("parseHierarchies", () => {
  it("reads a hybrid machine: v1 controllers and a v2 hierarchy beside them", () => {
    const mounts = [
      "tmpfs /sys/fs/cgroup tmpfs rw,relatime,mode=755 0 0",
      "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,nodev,noexec,relatime,cpu,cpuacct 0 0",
      "cgroup /sys/fs/cgroup/systemd cgroup rw,relatime,xattr,name=systemd 0 0",
      "cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0",
    ].join("\n");
    expect(parseHierarchies(mounts)).toEqual([
      { mountPoint: "/sys/fs/cgroup/cpu,cpuacct", version: 1, controllers: ["cpu", "cpuacct"] },
      { mountPoint: "/sys/fs/cgroup/systemd", version: 1, controllers: ["name=systemd"] },
      { mountPoint: "/sys/fs/cgroup/unified", version: 2, controllers: [] },
    ]);
  });

  it("reads a v2 machine, whose mount options are not controllers", () => {
    const mounts =
      "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev,noexec,relatime,nsdelegate,memory_recursiveprot 0 0\n";
    expect(parseHierarchies(mounts)).toEqual([{ mountPoint: "/sys/fs/cgroup", version: 2, controllers: [] }]);
  });

  it("takes a hierarchy that is mounted twice once", () => {
    const line = (path: string) => `cgroup ${path} cgroup rw,relatime,pids 0 0`;
    expect(parseHierarchies(`${line("/sys/fs/cgroup/pids")}\n${line("/mnt/pids")}`)).toHaveLength(1);
  });
});
