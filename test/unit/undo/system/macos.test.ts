import { expect, test } from "vitest";
import { macos } from "../../../../runner/undo/system/macos.ts";

/** As macOS 14 prints it, shortened. */
const IOREG = `+-o J316sAP  <class IOPlatformExpertDevice, id 0x10000021e, registered, matched, active, busy 0 (25213 ms), retain 38>
    {
      "IOPolledInterface" = "AppleARMWatchdogTimerHibernateHandler is not serializable"
      "compatible" = <"J316sAP","MacBookPro18,1","AppleARM">
      "IOPlatformSerialNumber" = "XYZ0123456"
      "IOPlatformUUID" = "8C2B5A1E-0F3D-5B7A-9E64-1D2C3B4A5F60"
      "manufacturer" = <"Apple Inc.">
    }
`;

function failed(status: number | null): Error {
  return Object.assign(new Error("Command failed"), { status });
}

/** Answers by the command's name. */
function running(answers: Readonly<Record<string, string | Error>>) {
  return (command: string, args: readonly string[]) => {
    const answer = answers[command.split("/").at(-1) ?? ""] ?? failed(127);
    if (answer instanceof Error) throw answer;
    return answer.replace("ARGS", args.join(" "));
  };
}

test("a Mac is known by its hardware, whatever network names it", () => {
  const run = running({ ioreg: IOREG, sysctl: "5D3C1B2A-7E8F-4A6B-9C0D-112233445566\n" });
  const [home, office] = ["mac.local", "mac.shop.test"].map((name) => macos(run, name).machine);
  expect(home).toMatchObject({ name: "mac.local", boot: "5D3C1B2A-7E8F-4A6B-9C0D-112233445566", pids: "" });
  expect(office?.id).toBe(home?.id);
  expect(home?.id).not.toContain("8C2B5A1E");
  const another = running({ ioreg: IOREG.replace("8C2B5A1E", "8C2B5A1F") });
  expect(macos(another, "mac.local").machine.id).not.toBe(home?.id);
});

test("where its hardware does not tell, by its name", () => {
  const ids = ["a", "b", "a"].map((name) => macos(running({}), name).machine.id);
  expect(ids[0]).toBe(ids[2]);
  expect(ids[0]).not.toBe(ids[1]);
});

test("a process's start is what ps says of that one", () => {
  expect(macos(running({ ps: "Mon Jun  3 10:15:22 2024    \n" })).startOf(501)).toBe("Mon Jun  3 10:15:22 2024");
  expect(macos(running({ ps: "ARGS" })).startOf(501)).toBe("-o lstart= -p 501");
});

test("ps ends with 1 where there is no such process; any other trouble is not an end", () => {
  expect(macos(running({ ps: failed(1) })).startOf(501)).toBeNull();
  expect(macos(running({ ps: failed(null) })).startOf(501)).toBe("");
});
