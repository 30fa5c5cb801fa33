import { describe, expect, test } from "vitest";
import { SysctlRefused } from "../../../runner/cluster/refused-pods.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import { IN_CLIENTS, podSysctl } from "../../../runner/tunings/sysctl.ts";
import { podSysctls } from "../../../runner/web-load/pod-sysctls.ts";

const tuning = (name: string, key: string) => podSysctl({ name, key, value: "1", actsIn: IN_CLIENTS, note: "" });
const safe = tuning("safe", "net.ipv4.tcp_syncookies");
const unsafe = tuning("unsafe", "net.ipv4.tcp_fastopen");
const other = tuning("other", "net.core.somaxconn");

/** A kubelet's words for the first that it does not allow. */
const words = (key: string) => `SysctlForbidden: forbidden sysctl: "${key}" not allowlisted`;

/** Has pods made until the kubelet lets them be; gives what each attempt asked for. */
function making(forbidden: readonly string[], says = words) {
  const attempts: string[][] = [];
  const make = async (sysctls: readonly { readonly name: string }[], attempt: number) => {
    expect(attempt).toBe(attempts.length);
    attempts.push(sysctls.map(({ name }) => name));
    const first = sysctls.find(({ name }) => forbidden.includes(name));
    if (first) throw new SysctlRefused("a sentence", "node1", says(first.name));
    return "pods";
  };
  return { attempts, make };
}

describe("a sysctl that a kubelet refuses", () => {
  test("is left out, and told in its words", async () => {
    const ofPods = podSysctls();
    const { attempts, make } = making([unsafe.key]);
    expect(await ofPods.pods([safe, unsafe], make)).toBe("pods");
    expect(attempts).toEqual([[safe.key, unsafe.key], [safe.key]]);
    expect(ofPods.refused([safe, unsafe])).toEqual([{ tuning: "unsafe", node: "node1", error: words(unsafe.key) }]);
    expect(ofPods.refused([safe])).toEqual([]);
  });

  test("is not asked for again in the blocks that follow", async () => {
    const ofPods = podSysctls();
    await ofPods.pods([unsafe], making([unsafe.key]).make);
    const next = making([unsafe.key]);
    await ofPods.pods([unsafe], next.make);
    expect(next.attempts).toEqual([[]]);
    expect(ofPods.refused([unsafe])).toHaveLength(1);
  });

  test("is one of several, which are refused one by one", async () => {
    const ofPods = podSysctls();
    const { attempts, make } = making([unsafe.key, other.key]);
    await ofPods.pods([unsafe, safe, other], make);
    expect(attempts.at(-1)).toEqual([safe.key]);
    expect(ofPods.refused([unsafe, safe, other]).map((each) => each.tuning)).toEqual(["unsafe", "other"]);
  });

  test("is not taken for another whose name begins with it", async () => {
    const longer = tuning("longer", "net.ipv4.tcp_fastopen_blackhole_timeout_sec");
    const ofPods = podSysctls();
    await ofPods.pods([unsafe, longer], making([longer.key]).make);
    expect(ofPods.refused([unsafe, longer]).map((each) => each.tuning)).toEqual(["longer"]);
  });

  test("may be any, where the kubelet names none", async () => {
    const ofPods = podSysctls();
    const { attempts, make } = making([unsafe.key], () => "SysctlForbidden: no");
    await ofPods.pods([safe, unsafe], make);
    expect(attempts).toEqual([[safe.key, unsafe.key], []]);
    expect(ofPods.refused([safe, unsafe])).toHaveLength(2);
  });
});

test("pods that are refused without any sysctl of an arm, or for another reason, are nobody's tuning", async () => {
  const ofPods = podSysctls();
  const refused = new SysctlRefused("a sentence", "node1", words("net.core.somaxconn"));
  await expect(ofPods.pods([], () => Promise.reject(refused))).rejects.toBe(refused);
  const quota = new EnvironmentError("exceeded quota");
  await expect(ofPods.pods([safe], () => Promise.reject(quota))).rejects.toBe(quota);
});

test("two tunings of one key are one sysctl of the pods", async () => {
  const { attempts, make } = making([]);
  await podSysctls().pods([safe, { ...safe, name: "again" }], make);
  expect(attempts).toEqual([[safe.key]]);
});
