package sysctlwrites

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/isolated"
	"packetwalk.dev/agent/netns"
)

const (
	finTimeout = "net/ipv4/tcp_fin_timeout"
	uid        = "0b8a8d2e-5a9f-4e1c-9d1a-0c3f6a7b8c9d"
)

var container = strings.Repeat("a1", 32)

// ownGroup makes a cgroup with groups below it, and takes them away again.
func ownGroup(t *testing.T, below ...string) *groups {
	t.Helper()
	node, err := openGroups()
	if err != nil {
		t.Skip(err)
	}
	defer node.close()
	path, err := os.MkdirTemp(fmt.Sprintf("/proc/self/fd/%d", node.root.Fd()), "packetwalk-test-")
	if err != nil {
		t.Fatal(err)
	}
	own, err := openGroupsAt(path)
	if err != nil {
		t.Fatal(err)
	}
	own.isOnly = true // for who is in it is in no group of another hierarchy
	path = own.path
	t.Cleanup(func() {
		if err := unix.Rmdir(path); err != nil {
			t.Error(err)
		}
	})
	for _, each := range below {
		made := filepath.Join(path, each)
		if err := os.Mkdir(made, 0o755); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := unix.Rmdir(made); err != nil {
				t.Error(err)
			}
		})
	}
	return own
}

func watch(t *testing.T, groups *groups, ours uint32) *Watch {
	t.Helper()
	watch, err := openAt(groups, ours, []string{finTimeout, "net/netfilter/nf_conntrack_max"})
	if err != nil {
		t.Fatal(err)
	}
	return watch
}

// in starts a command in a cgroup.
func in(t *testing.T, group string, command *exec.Cmd) *exec.Cmd {
	t.Helper()
	folder, err := os.Open(group)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if command.SysProcAttr == nil {
		command.SysProcAttr = &syscall.SysProcAttr{}
	}
	command.SysProcAttr.UseCgroupFD, command.SysProcAttr.CgroupFD = true, int(folder.Fd())
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v %s", command, err, output)
	}
	return command
}

func setTo(value string) []string {
	return []string{"-c", "echo " + value + " > /proc/sys/" + finTimeout}
}

func since(t *testing.T, watch *Watch) []Write {
	t.Helper()
	writes, err := watch.Since(0)
	if err != nil {
		t.Fatal(err)
	}
	return writes
}

func TestNamesWhoWrites(t *testing.T) {
	isolated.Require(t)
	pod := "kubepods/burstable/pod" + uid
	own := ownGroup(t, "kubepods", "kubepods/burstable", pod, pod+"/"+container, "system.slice", "system.slice/tuned.service")
	node, err := netns.Inode(netns.Own)
	if err != nil {
		t.Fatal(err)
	}
	watch := watch(t, own, 0)
	byHost := in(t, own.path, exec.Command("sh", setTo("31")...))
	in(t, own.path, exec.Command("cat", "/proc/sys/"+finTimeout))                                      // a read
	in(t, own.path, exec.Command("sh", "-c", "echo 5 > /proc/sys/net/ipv4/tcp_keepalive_probes"))      // not watched
	byPod := in(t, filepath.Join(own.path, pod, container), exec.Command("sh", setTo("'32'")...))      // and so the next
	in(t, filepath.Join(own.path, "system.slice/tuned.service"), exec.Command("sh", setTo("0x20")...)) // the same number
	elsewhere := in(t, own.path, isolated.Command("sh", setTo("33")...))                               // another setting
	writes := since(t, watch)
	if err := watch.Close(); err != nil {
		t.Fatal(err)
	}
	if len(writes) != 4 {
		t.Fatalf("%d writes: %+v", len(writes), writes)
	}
	for i, want := range []struct {
		value  string
		pid    int
		origin Origin
	}{
		{"31", byHost.Process.Pid, Origin{Kind: "host"}},
		{"32", byPod.Process.Pid, Origin{Kind: "pod", UID: uid, Container: container}},
		{"0x20", 0, Origin{Kind: "unit", Unit: "tuned.service"}},
		{"33", elsewhere.Process.Pid, Origin{Kind: "other-network-namespace"}},
	} {
		got := writes[i]
		if got.Value != want.value || got.Path != finTimeout || (got.Namespace == node) != (i < 3) {
			t.Errorf("write %d is %+v in namespace %d; want %+v", i, got, node, want)
		}
		if got.By.Process != "sh" || got.By.Of == nil || *got.By.Of != want.origin {
			t.Errorf("write %d is by %+v of %+v; want %+v", i, got.By, got.By.Of, want)
		}
		if watch.naming.knowsPIDs && want.pid != 0 && got.By.PID != want.pid {
			t.Errorf("write %d is by PID %d; want %d", i, got.By.PID, want.pid)
		}
	}
	if by, count := LastOf(writes, finTimeout, node, "32"); by == nil || by.Of.Unit != "tuned.service" || count != 3 {
		t.Errorf("the last of %d writes of 32 is by %+v", count, by)
	}
}

func TestOurOwnWritesAreNobodyElses(t *testing.T) {
	isolated.Require(t)
	ours, err := netns.Inode("/proc/self/ns/mnt")
	if err != nil {
		t.Fatal(err)
	}
	own := ownGroup(t)
	path := own.path
	watch := watch(t, own, uint32(ours))
	in(t, path, exec.Command("sh", setTo("41")...))
	other := exec.Command("sh", setTo("42")...)
	other.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS}
	in(t, path, other)
	writes := since(t, watch)
	if err := watch.Close(); err != nil {
		t.Fatal(err)
	}
	if len(writes) != 1 || writes[0].Value != "42" {
		t.Errorf("seen: %+v", writes)
	}
}

func TestNothingIsLeftAttached(t *testing.T) {
	isolated.Require(t)
	own := ownGroup(t)
	group, err := os.Open(own.path)
	if err != nil {
		t.Fatal(err)
	}
	defer group.Close()
	if before := attached(t, group); before != 0 {
		t.Fatalf("%d programs in a new group", before)
	}
	watch := watch(t, own, 0)
	if during := attached(t, group); during != 1 {
		t.Errorf("%d programs while it is watched", during)
	}
	if err := watch.Close(); err != nil {
		t.Fatal(err)
	}
	if after := attached(t, group); after != 0 {
		t.Errorf("%d programs afterwards", after)
	}
}

func attached(t *testing.T, group *os.File) int {
	t.Helper()
	programs, err := link.QueryPrograms(link.QueryOptions{Target: int(group.Fd()), Attach: ebpf.AttachCGroupSysctl})
	if err != nil {
		t.Fatal(err)
	}
	return len(programs.Programs)
}

func TestForgetsWhatWasBefore(t *testing.T) {
	isolated.Require(t)
	own := ownGroup(t)
	path := own.path
	watch := watch(t, own, 0)
	defer watch.Close()
	in(t, path, exec.Command("sh", setTo("51")...))
	now := Now()
	in(t, path, exec.Command("sh", setTo("52")...))
	writes, err := watch.Since(now)
	if err != nil || len(writes) != 1 || writes[0].Value != "52" {
		t.Errorf("since then: %+v (%v)", writes, err)
	}
}

func TestEventsLieInMemoryAsTheProgramWritesThem(t *testing.T) {
	if size := binary.Size(event{}); size != eventBytes {
		t.Errorf("an event has %d bytes, and the program sends %d", size, eventBytes)
	}
}
