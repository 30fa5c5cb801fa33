package netns

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// PodProcesses finds, for each pod UID, the lowest PID among the pod's processes: normally its
// sandbox's, which holds the pod's network namespace for as long as the pod lives. Pods without a
// process in this PID namespace are left out.
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
		cgroups, err := os.ReadFile(filepath.Join(proc, entry.Name(), "cgroup"))
		if err != nil {
			continue // it has ended meanwhile
		}
		for _, uid := range uids {
			if lowest, seen := found[uid]; (!seen || pid < lowest) && inPod(string(cgroups), uid) {
				found[uid] = pid
			}
		}
	}
	return found, nil
}

// inPod tells whether a /proc/PID/cgroup names the pod. Kubelet's cgroup of a pod is pod<uid> with
// the cgroupfs driver and …-pod<uid with _ for ->.slice with the systemd driver.
func inPod(cgroups, uid string) bool {
	return containsWhole(cgroups, "pod"+uid) || containsWhole(cgroups, "pod"+strings.ReplaceAll(uid, "-", "_"))
}

// containsWhole is strings.Contains where a match must not go on as a longer UID.
func containsWhole(text, name string) bool {
	for {
		at := strings.Index(text, name)
		if at < 0 {
			return false
		}
		text = text[at+len(name):]
		if text == "" || strings.ContainsAny(text[:1], "/.\n") {
			return true
		}
	}
}
