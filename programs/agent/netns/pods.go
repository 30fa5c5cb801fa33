package netns

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"packetwalk.dev/agent/cgroups"
)

// PodProcesses finds, for each pod UID, the lowest PID among the pod's processes: normally its
// sandbox's, which holds the pod's network namespace for as long as the pod lives; else, where the
// runtime makes no process for it (CRI-O), that of a container. Pods without a process in this PID
// namespace are left out.
func PodProcesses(uids []string) (map[string]int, error) {
	return podProcesses("/proc", uids)
}

func podProcesses(proc string, uids []string) (map[string]int, error) {
	found := make(map[string]int, len(uids))
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
			if lowest, seen := found[uid]; (!seen || pid < lowest) && cgroups.InPod(string(text), uid) {
				found[uid] = pid
			}
		}
	}
	return found, nil
}
