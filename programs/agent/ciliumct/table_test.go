package ciliumct

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/isolated"
)

// node makes maps of the kinds and sizes that Cilium's have (bpf/lib/conntrack_map.h, metrics.h), pinned in a file system of
// their own that is mounted nowhere else.
func node(t *testing.T) (folder string, entries, metrics *ebpf.Map) {
	t.Helper()
	isolated.Require(t)
	root := t.TempDir()
	if err := unix.Mount("bpf", root, "bpf", 0, ""); err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { unix.Unmount(root, unix.MNT_DETACH) })
	folder = filepath.Join(root, "tc", "globals")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	pin := func(name string, spec *ebpf.MapSpec) *ebpf.Map {
		made, err := ebpf.NewMap(spec)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { made.Close() })
		if err := made.Pin(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
		return made
	}
	entries = pin(tcpTable, &ebpf.MapSpec{Type: ebpf.LRUHash, KeySize: 14, ValueSize: 56, MaxEntries: 16384})
	metrics = pin(metricsMap, &ebpf.MapSpec{Type: ebpf.PerCPUHash, KeySize: 8, ValueSize: 16, MaxEntries: 1024})
	return folder, entries, metrics
}

func fill(t *testing.T, entries *ebpf.Map, count int) {
	t.Helper()
	var key [14]byte
	var value [56]byte
	for i := range count {
		binary.LittleEndian.PutUint32(key[:], uint32(i))
		if err := entries.Put(key, value); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTableCountsItsEntries(t *testing.T) {
	folder, entries, _ := node(t)
	table, err := openIn(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if limit := table.Limit(); limit != 16384 {
		t.Errorf("a limit of %d", limit)
	}
	for _, count := range []int{0, 1, 9000} { // more than two batches
		fill(t, entries, count)
		if got, err := table.Entries(); err != nil || got != uint64(count) {
			t.Errorf("%d entries instead of %d: %v", got, count, err)
		}
	}
}

// A table that is full takes in new connections at the cost of old ones.
func TestFullTableStaysBelowItsLimit(t *testing.T) {
	folder, entries, _ := node(t)
	table, err := openIn(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	fill(t, entries, 40_000)
	got, err := table.Entries()
	if err != nil || got > table.Limit() || got < table.Limit()/2 {
		t.Errorf("%d of %d entries: %v", got, table.Limit(), err)
	}
}

func TestInsertFailedIsTheSumOfAllProcessorsAndPlaces(t *testing.T) {
	folder, _, metrics := node(t)
	table, err := openIn(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if got, err := table.InsertFailed(); err != nil || got != 0 {
		t.Errorf("%d at first: %v", got, err)
	}
	processors := ebpf.MustPossibleCPU()
	count := func(reason, direction byte, each uint64) {
		values := make([]struct{ Count, Bytes uint64 }, processors)
		for i := range values {
			values[i].Count = each
		}
		if err := metrics.Put([8]byte{reason, direction}, values); err != nil {
			t.Fatal(err)
		}
	}
	count(insertFailed, 1, 3)
	count(insertFailed, 2, 4)
	count(0, 1, 1000)
	count(insertFailed+1, 1, 1000)
	if got, err := table.InsertFailed(); err != nil || got != uint64(7*processors) {
		t.Errorf("%d instead of %d: %v", got, 7*processors, err)
	}
}

// The maps are found by a process of the same network namespace that has them mounted, though we have not.
func TestFindLooksThroughOthersRoots(t *testing.T) {
	isolated.Require(t)
	if _, err := find(); !errors.Is(err, fs.ErrNotExist) {
		t.Skipf("Cilium's maps are mounted here: %v", err)
	}
	const mounts = "mount -t bpf bpf /sys/fs/bpf && mkdir -p /sys/fs/bpf/tc/globals/cilium_ct4_global && echo ready && exec sleep 60"
	other := exec.Command("sh", "-c", mounts)
	other.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS, Unshareflags: unix.CLONE_NEWNS}
	says, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer other.Wait()
	defer other.Process.Kill()
	if _, err := says.Read(make([]byte, 6)); err != nil {
		t.Skip("no BPF file system can be mounted here")
	}
	folder, err := find()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(folder, tcpTable)); err != nil {
		t.Error(err)
	}
}
