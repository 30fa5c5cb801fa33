package throttling

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadsBothCgroupVersions(t *testing.T) {
	proc := t.TempDir()
	first, second, absent := strings.Repeat("a", 64), strings.Repeat("b", 64), strings.Repeat("c", 64)
	write(t, proc, "10/cgroup", "0::/kubepods/pod1/"+first+"\n")
	write(t, proc, "10/root/sys/fs/cgroup/cpu.stat", "usage_usec 900\nnr_periods 50\nnr_throttled 7\nthrottled_usec 1500\n")
	write(t, proc, "11/cgroup", "4:cpu,cpuacct:/kubepods/pod2/"+second+"\n")
	write(t, proc, "11/root/sys/fs/cgroup/cpu,cpuacct/cpu.stat", "nr_periods 9\nnr_throttled 2\nthrottled_time 3000000\n")
	write(t, proc, "12/cgroup", "0::/kubepods/pod1/"+first+"\n")
	// A monitor sees the host's accounting, and comes first.
	write(t, proc, "09/cgroup", "0::/kubepods.slice/kubepods-pod1.slice/crio-conmon-"+first+".scope\n")
	write(t, proc, "09/root/sys/fs/cgroup/cpu.stat", "usage_usec 1\n")
	got, err := read(proc, []string{first, second, absent})
	if err != nil {
		t.Fatal(err)
	}
	want := []Counters{{first, 50, 7, 1.5}, {second, 9, 2, 3}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
