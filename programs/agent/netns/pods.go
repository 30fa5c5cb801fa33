package netns

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"packetwalk.dev/agent/cgroups"
	"packetwalk.dev/agent/procfs"
)

// PodProcesses finds, for each pod UID, the pod's oldest process: normally its sandbox's, which holds the pod's network namespace for as long as the pod lives; else, where the
// runtime makes no process for it (CRI-O), that of a container. Others may end before they are
// looked at, whatever their PIDs: those begin anew once they are used up. Pods without a process in
// this PID namespace are left out.
func PodProcesses(uids []string) (map[string]int, error) {
	return podProcesses("/proc", procfs.StartTicks, uids)
}

func podProcesses(proc string, startTicks func(pid int) (uint64, bool), uids []string) (map[string]int, error) {
	found := make(map[string]int, len(uids))
	oldest := make(map[string]uint64, len(uids))
	if len(uids) == 0 {
		return found, nil
	}
	entries, err := os.ReadDir(proc)
	if err != nil {
		return nil, fmt.Errorf("cannot list processes: %w", err)
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		text, err := os.ReadFile(filepath.Join(proc, entry.Name(), "cgroup"))
		if err != nil {
			continue // it has ended meanwhile
		}
		for _, uid := range uids {
			if !cgroups.InPod(string(text), uid) {
				continue
			}
			started, runs := startTicks(pid)
			if first, seen := oldest[uid]; runs && (!seen || started < first || started == first && pid < found[uid]) {
				found[uid], oldest[uid] = pid, started
			}
		}
	}
	return found, nil
}
