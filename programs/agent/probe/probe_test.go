package probe

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/conntrack"
	"packetwalk.dev/agent/isolated"
	"packetwalk.dev/agent/netns"
	"packetwalk.dev/agent/procfs"
	"packetwalk.dev/agent/sysctl"
	"packetwalk.dev/agent/sysctlwrites"
)

func runProbe(t *testing.T, options Options, meanwhile func()) ([]Tick, End) {
	t.Helper()
	var output bytes.Buffer
	done := make(chan error)
	go func() { done <- Run(context.Background(), options, &output) }()
	meanwhile()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	var ticks []Tick
	var end End
	lines := bufio.NewScanner(&output)
	for lines.Scan() {
		if end.End {
			t.Fatalf("a line after the end: %s", lines.Text())
		}
		var tick Tick
		line := lines.Bytes()
		if err := json.Unmarshal(line, &end); err != nil {
			t.Fatal(err)
		}
		if end.End {
			continue
		}
		if err := json.Unmarshal(line, &tick); err != nil {
			t.Fatal(err)
		}
		ticks = append(ticks, tick)
	}
	if !end.End {
		t.Fatal("no last line")
	}
	return ticks, end
}

func TestSamplesSteadilyAndCheaply(t *testing.T) {
	isolated.Require(t)
	ticks, end := runProbe(t, Options{Interval: 100 * time.Millisecond, Duration: time.Second}, func() {})
	if len(ticks) < 9 || len(ticks) > 12 {
		t.Errorf("%d samples in 1 s at one every 100 ms", len(ticks))
	}
	if end.OwnCPUMs <= 0 {
		t.Errorf("cost %v ms of CPU", end.OwnCPUMs)
	}
	for _, name := range []string{"timeWaitSockets", "listenOverflows", "retransSegs", "cpuTotalTicks", "softnetDropped", "conntrackEntries", "conntrackLimit", "conntrackDrop"} {
		if _, there := ticks[0].Samples[0].Counters[name]; !there {
			t.Errorf("no %s in %v", name, ticks[0].Samples[0].Counters)
		}
	}
}

func TestSeesWhatHappensInItsNamespace(t *testing.T) {
	isolated.Require(t)
	ticks, _ := runProbe(t, Options{Interval: 50 * time.Millisecond, Duration: 500 * time.Millisecond}, func() {
		time.Sleep(100 * time.Millisecond)
		for range 5 {
			if connection, err := net.Dial("tcp4", "127.0.0.1:1"); err == nil {
				connection.Close()
			}
		}
	})
	first, last := ticks[0].Samples[0].Counters, ticks[len(ticks)-1].Samples[0].Counters
	if opens := last["activeOpens"] - first["activeOpens"]; opens < 5 {
		t.Errorf("5 connections, %d active opens", opens)
	}
	if fails := last["attemptFails"] - first["attemptFails"]; fails < 5 {
		t.Errorf("5 refusals, %d failed attempts", fails)
	}
}

func TestSeesSettingsThatChange(t *testing.T) {
	isolated.Require(t)
	const key = "net.ipv4.tcp_fin_timeout"
	set := func(value string) {
		if _, err := sysctl.Apply([]sysctl.Request{{Key: key, In: "node", Set: &value}}); err != nil {
			t.Error(err)
		}
	}
	set("31")
	watched := []Setting{{In: "node", Key: key}, {In: "node", Key: "net.ipv4.no_such"}}
	ticks, _ := runProbe(t, Options{Interval: 100 * time.Millisecond, Duration: 3 * time.Second, Settings: watched}, func() {
		time.Sleep(time.Second)
		set("32")
	})
	var seen []string
	for _, tick := range ticks {
		for _, each := range tick.Settings {
			value := "-"
			if each.Value != nil {
				value = *each.Value
			}
			seen = append(seen, each.Key+"="+value)
		}
	}
	wanted := key + "=31 net.ipv4.no_such=- " + key + "=32"
	if got := strings.Join(seen, " "); got != wanted {
		t.Errorf("saw %q instead of %q", got, wanted)
	}
}

func TestNamesWhoChangesASetting(t *testing.T) {
	isolated.Require(t)
	const key = "net.ipv4.tcp_fin_timeout"
	group := ownGroup(t)
	set := func(value string, elsewhere int) {
		folder, err := os.Open(group)
		if err != nil {
			t.Error(err)
			return
		}
		defer folder.Close()
		command := exec.Command("sh", "-c", "echo "+value+" > /proc/sys/net/ipv4/tcp_fin_timeout")
		// In a mount namespace of its own, as other containers are: what this one writes is nobody else's.
		command.SysProcAttr = &syscall.SysProcAttr{
			UseCgroupFD: true, CgroupFD: int(folder.Fd()), Cloneflags: uintptr(unix.CLONE_NEWNS | elsewhere),
		}
		if output, err := command.CombinedOutput(); err != nil {
			t.Errorf("%v %s", err, output)
		}
	}
	set("31", 0)
	options := Options{
		Interval: 100 * time.Millisecond,
		Duration: 4 * time.Second,
		Settings: []Setting{{In: "node", Key: key}},
		Writers:  func(paths []string) (*sysctlwrites.Watch, error) { return sysctlwrites.OpenIn(group, paths) },
	}
	ticks, end := runProbe(t, options, func() {
		time.Sleep(time.Second)
		set("33", 0)
		set("32", 0)
		set("34", unix.CLONE_NEWNET)
		time.Sleep(1500 * time.Millisecond)
		ours := "35"
		if _, err := sysctl.Apply([]sysctl.Request{{Key: key, In: "node", Set: &ours}}); err != nil {
			t.Error(err)
		}
	})
	if end.WritersUnseen != "" {
		t.Fatal(end.WritersUnseen)
	}
	seen := map[string]*By{}
	for _, tick := range ticks {
		for _, each := range tick.Settings {
			seen[*each.Value] = each.By
		}
	}
	if by := seen["32"]; by == nil || by.Process != "sh" || by.Writes < 1 || by.Writes > 2 {
		t.Errorf("32 was written by %+v", by)
	}
	for _, value := range []string{"31", "35"} {
		if by, read := seen[value]; !read || by != nil {
			t.Errorf("%s (read: %v) was written by %+v", value, read, by)
		}
	}
}

func TestSaysWhyNobodyIsSeen(t *testing.T) {
	isolated.Require(t)
	options := Options{
		Interval: 100 * time.Millisecond,
		Duration: 300 * time.Millisecond,
		Settings: []Setting{{In: "node", Key: "net.ipv4.tcp_fin_timeout"}},
		Writers:  func([]string) (*sysctlwrites.Watch, error) { return nil, errors.New("the kernel does not") },
	}
	if _, end := runProbe(t, options, func() {}); end.WritersUnseen != "the kernel does not" {
		t.Errorf("why: %q", end.WritersUnseen)
	}
}

// ownGroup makes a cgroup v2, and takes it away again.
func ownGroup(t *testing.T) string {
	t.Helper()
	for _, mount := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/unified"} {
		if _, err := os.Stat(mount + "/cgroup.controllers"); err != nil {
			continue
		}
		group, err := os.MkdirTemp(mount, "packetwalk-test-")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := unix.Rmdir(group); err != nil {
				t.Error(err)
			}
		})
		return group
	}
	t.Skip("no cgroup v2 is mounted")
	return ""
}

func TestAnotherNamespaceHasItsOwnCounters(t *testing.T) {
	isolated.Require(t)
	process := isolated.Command("sleep", "60")
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	pod, err := openPod("a", process.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	defer pod.close()
	_ = process.Process.Kill()
	_ = process.Wait()
	_, _ = net.Dial("tcp4", "127.0.0.1:1")
	counters, err := pod.read() // its files outlive its processes
	if err != nil {
		t.Fatal(err)
	}
	if opens, there := counters["activeOpens"]; !there || opens != 0 {
		t.Errorf("active opens of a new namespace: %d, %v", opens, there)
	}
	if _, there := counters["cpuTotalTicks"]; there {
		t.Error("a pod has the machine's CPU times")
	}
}

func TestMissingPodIsAnError(t *testing.T) {
	isolated.Require(t)
	err := Run(context.Background(), Options{Interval: time.Second, Duration: time.Second, PodUIDs: []string{"gone"}}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("a pod that is not here: %v", err)
	}
}

// TestFullTable fills the real table of this namespace, lets a connection run into it, and finds
// the drop in the counters and the kernel's own words about it in its log.
func TestFullTable(t *testing.T) {
	isolated.Require(t)
	occupancy, err := conntrack.Count()
	if err != nil {
		t.Skip(err)
	}
	if occupancy.Limit > 600_000 {
		t.Skipf("a table of %d entries takes too much memory for a test", occupancy.Limit)
	}
	// The kernel tracks connections in a namespace once a rule there asks for their state.
	for _, rule := range []string{"add table ip t", "add chain ip t c { type filter hook output priority 0; }", "add rule ip t c ct state invalid counter"} {
		if output, err := exec.Command("nft", rule).CombinedOutput(); err != nil {
			t.Skipf("nft cannot add a rule: %v %s", err, output)
		}
	}
	const mark = 0x7077
	defer func() {
		marked := uint32(mark)
		if _, err := conntrack.Flush(conntrack.Which{Mark: &marked}); err != nil {
			t.Error(err)
		}
	}()
	ticks, end := runProbe(t, Options{Interval: 200 * time.Millisecond, Duration: 3 * time.Second}, func() {
		if _, err := conntrack.Prefill(conntrack.Entries{Count: occupancy.Limit - occupancy.Entries, Timeout: time.Minute, State: conntrack.Established, Mark: mark}); err != nil {
			t.Error(err)
		}
		if connection, err := net.DialTimeout("tcp4", "127.0.0.1:1", 300*time.Millisecond); err == nil {
			connection.Close()
		}
	})
	first, last := ticks[0].Samples[0].Counters, ticks[len(ticks)-1].Samples[0].Counters
	if last["conntrackDrop"] == first["conntrackDrop"] {
		t.Errorf("no drop at %d entries of %d", last["conntrackEntries"], last["conntrackLimit"])
	}
	if drops := expectSourcesToAgree(t)["conntrackDrop"]; drops == 0 {
		t.Error("both sources agree that nothing was dropped")
	}
	if len(end.KernelLog) == 0 || !strings.Contains(end.KernelLog[0], "table full in netns") {
		t.Errorf("kernel log: %v %s", end.KernelLog, end.KernelLogError)
	}
}

func TestReadsConntrackByNetlinkWhereThereIsNoFile(t *testing.T) {
	isolated.Require(t)
	expectSourcesToAgree(t)
}

func expectSourcesToAgree(t *testing.T) procfs.Counters {
	t.Helper()
	node, err := openNode()
	if err != nil {
		t.Fatal(err)
	}
	defer node.close()
	other := &place{name: "node"}
	if err := other.openConntrack("/proc/self/net/stat/no_such_file", netns.Own); err != nil {
		t.Fatal(err)
	}
	defer other.close()
	if node.conntrackFrom != FromProc || other.conntrackFrom != FromNetlink {
		t.Fatalf("read from %s and %s", node.conntrackFrom, other.conntrackFrom)
	}
	byFile, err := node.read()
	if err != nil {
		t.Fatal(err)
	}
	byNetlink, err := other.read()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range conntrackCounters {
		want, inFile := byFile[name]
		if got, there := byNetlink[name]; there != inFile || got != want {
			t.Errorf("%s: %d (%v) by ctnetlink, %d (%v) by the file", name, got, there, want, inFile)
		}
	}
	return byNetlink
}

func TestWithoutAnySourceConntrackIsMissing(t *testing.T) {
	isolated.Require(t)
	nowhere := &place{name: "node"}
	if err := nowhere.openConntrack("/proc/self/net/stat/no_such_file", "/proc/self/ns/no_such_namespace"); err != nil {
		t.Fatal(err)
	}
	counters, err := nowhere.read()
	if err != nil || len(counters) != 0 || nowhere.conntrackFrom != FromNowhere {
		t.Errorf("%v from %s (%v)", counters, nowhere.conntrackFrom, err)
	}
}
