package netns

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFindsPodsOfBothCgroupDrivers(t *testing.T) {
	const (
		first  = "0b8a8d2e-5a9f-4e1c-9d1a-0c3f6a7b8c9d"
		second = "1c9b9e3f-6ba0-4f2d-ae2b-1d407b8c9dae"
		short  = "2222"
	)
	proc := t.TempDir()
	for pid, cgroups := range map[string]string{
		"1":   "0::/init.scope\n",
		"100": "12:pids:/lab/kubepods/besteffort/pod" + first + "/aaa\n0::/\n",
		"99":  "12:pids:/lab/kubepods/besteffort/pod" + first + "/sandbox\n0::/\n",
		// PIDs began anew meanwhile.
		"7": "12:pids:/lab/kubepods/besteffort/pod" + first + "/aaa\n0::/\n",
		// Ends while it is looked at.
		"5":   "12:pids:/lab/kubepods/besteffort/pod" + first + "/aaa\n0::/\n",
		"200": "0::/kubelet.slice/kubepods-burstable-pod1c9b9e3f_6ba0_4f2d_ae2b_1d407b8c9dae.slice/cri-containerd-b.scope\n",
		// CRI-O's monitor stands in the pod's cgroup, with a lower PID and the host's namespaces.
		"150":  "0::/kubelet.slice/kubepods-burstable-pod1c9b9e3f_6ba0_4f2d_ae2b_1d407b8c9dae.slice/crio-conmon-b.scope\n",
		"300":  "0::/kubepods/pod22223/x\n",
		"self": "0::/kubepods/pod" + short + "/x\n",
	} {
		if err := os.Mkdir(filepath.Join(proc, pid), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(proc, pid, "cgroup"), []byte(cgroups), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	startTicks := func(pid int) (uint64, bool) {
		if pid == 7 {
			return 2000, true
		}
		return 1000, pid != 5
	}
	found, err := podProcesses(proc, startTicks, []string{first, second, short})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 || found[first] != 99 || found[second] != 200 {
		t.Errorf("found %v", found)
	}
}
