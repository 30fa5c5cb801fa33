package cgroups

import (
	"regexp"
	"strings"
)

// Owner is what a process belongs to; what it does not belong to is empty.
type Owner struct {
	Pod       string // uid, as its node knows it: of a static pod, that of its file
	Container string // full id of the pod's container
	Unit      string // of systemd: a service or a scope
}

var (
	// A static pod's uid is a hash without dashes.
	podSegment = regexp.MustCompile(`(?:^|-)pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?$`)
	// ID, cri-containerd-ID.scope, or SLICE:cri-containerd:ID.
	containerSegment = regexp.MustCompile(`(?:^|[-:])([0-9a-f]{64})(?:\.scope)?$`)
)

// OwnerOf tells by a /proc/PID/cgroup whose process it is. A container's monitor is the host's.
func OwnerOf(text string) Owner {
	var unit string
	for _, line := range strings.Split(text, "\n") {
		parts := strings.SplitN(line, ":", 3)
		if len(parts) < 3 {
			continue
		}
		if owner := ownerOf(strings.Split(parts[2], "/")); owner.Pod != "" {
			return owner
		} else if unit == "" {
			unit = owner.Unit
		}
	}
	return Owner{Unit: unit}
}

func ownerOf(segments []string) Owner {
	var owner Owner
	isHosts := false
	for _, segment := range segments {
		isHosts = isHosts || isMonitors(segment)
		slice, _, _ := strings.Cut(segment, ":")
		if pod := podSegment.FindStringSubmatch(slice); pod != nil {
			owner.Pod = strings.ReplaceAll(pod[1], "_", "-")
		}
		if container := containerSegment.FindStringSubmatch(segment); container != nil && owner.Pod != "" {
			owner.Container = container[1]
		}
		if strings.HasSuffix(segment, ".service") || strings.HasSuffix(segment, ".scope") {
			owner.Unit = segment
		}
	}
	if isHosts {
		return Owner{Unit: owner.Unit}
	}
	if owner.Pod != "" {
		owner.Unit = "" // the runtime's own scope, or one inside the container
	}
	return owner
}
