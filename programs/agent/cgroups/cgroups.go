// Package cgroups tells by a process's cgroups which container and pod it belongs to, whatever the
// runtime (containerd, CRI-O, cri-dockerd), the driver (cgroupfs, systemd) and the version of cgroups.
package cgroups

import "strings"

// InContainer tells whether a /proc/PID/cgroup is that of a process in the container with this full
// id. What a runtime only calls after the container, as CRI-O its monitor (crio-conmon-ID.scope), is not.
func InContainer(text, id string) bool {
	return anySegment(text, func(segment string) bool {
		name := strings.TrimSuffix(segment, ".scope")
		before, found := strings.CutSuffix(name, id)
		// ID, cri-containerd-ID.scope, crio-ID, docker-ID.scope, or SLICE:cri-containerd:ID.
		return found && (before == "" || strings.HasSuffix(before, "-") || strings.HasSuffix(before, ":"))
	})
}

// InPod tells whether a /proc/PID/cgroup is that of a process in the pod: of one of its containers,
// or of its sandbox. Kubelet's cgroup of a pod is pod<uid> with the cgroupfs driver and …-pod<uid>
// with _ for - and .slice behind it with the systemd driver.
func InPod(text, uid string) bool {
	plain, escaped := "pod"+uid, "pod"+strings.ReplaceAll(uid, "-", "_")
	return anySegment(text, func(segment string) bool {
		name, _, _ := strings.Cut(segment, ":")
		name = strings.TrimSuffix(name, ".slice")
		return name == plain || name == escaped || strings.HasSuffix(name, "-"+plain) || strings.HasSuffix(name, "-"+escaped)
	})
}

// anySegment goes through the lines "number:controllers:path" (the path may hold colons), but for
// those of a container's monitor, which runs in the host's namespaces.
func anySegment(text string, matches func(segment string) bool) bool {
	for _, line := range strings.Split(text, "\n") {
		parts := strings.SplitN(line, ":", 3)
		if len(parts) < 3 {
			continue
		}
		segments := strings.Split(parts[2], "/")
		found := false
		for _, segment := range segments {
			if isMonitors(segment) {
				return false // in every hierarchy: it is one process
			}
			found = found || matches(segment)
		}
		if found {
			return true
		}
	}
	return false
}

// isMonitors knows crio-conmon-ID.scope, libpod-conmon-ID.scope, crio-conmonrs-… and a bare conmon.
func isMonitors(segment string) bool {
	return strings.HasPrefix(segment, "conmon") || strings.Contains(segment, "-conmon")
}
