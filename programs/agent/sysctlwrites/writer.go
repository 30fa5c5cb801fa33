package sysctlwrites

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/cgroups"
	"packetwalk.dev/agent/netns"
)

// Writer is a process that wrote a setting, as a person would name it.
type Writer struct {
	Process string  `json:"process"`       // the kernel's name of it, of 15 bytes at most
	PID     int     `json:"pid,omitempty"` // left out where it is not one that is known on this node
	Of      *Origin `json:"of,omitempty"`  // nil where that is not known
}

// Origin is what a process belongs to.
type Origin struct {
	Kind      string `json:"kind"`                // pod, unit, host or other-network-namespace
	UID       string `json:"uid,omitempty"`       // of a pod
	Container string `json:"container,omitempty"` // its full id, where it is that of a container of the pod
	Unit      string `json:"unit,omitempty"`      // of systemd
}

// initialPIDs is the inode of the machine's first PID namespace (PROC_PID_INIT_INO, linux/proc_ns.h).
const initialPIDs = 0xEFFFFFFC

type naming struct {
	groups    *groups
	namespace uint64 // the node's network namespace
	knowsPIDs bool   // the kernel's numbers of processes are those of this node
}

func newNaming(groups *groups) (naming, error) {
	namespace, err := netns.Inode(netns.Own)
	if err != nil {
		return naming{}, err
	}
	pids, err := netns.Inode("/proc/self/ns/pid")
	return naming{groups: groups, namespace: namespace, knowsPIDs: pids == initialPIDs}, err
}

func (n naming) writer(seen event) Writer {
	writer := Writer{Process: unix.ByteSliceToString(seen.Process[:])}
	if n.knowsPIDs {
		writer.PID = int(seen.PID)
	}
	memberships, known := n.memberships(seen)
	writer.Of = originOf(memberships, known, uint64(seen.WriterNamespace) == n.namespace)
	return writer
}

// memberships gives the writer's groups as /proc/PID/cgroup has them. The kernel's word on cgroup v2 is as good, and is there
// when the writer is gone; but where v1 is in use as well, a process in the root may be in a group there.
func (n naming) memberships(seen event) (string, bool) {
	path, err := n.groups.pathOf(seen.Group)
	if err == nil && (path != "/" || n.groups.isOnly) {
		return "0::" + path + "\n", true
	}
	if !n.knowsPIDs {
		return "", false
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", seen.PID))
	return string(text), err == nil
}

func originOf(memberships string, known, isInNodesNamespace bool) *Origin {
	owner := cgroups.OwnerOf(memberships)
	switch {
	case owner.Pod != "":
		return &Origin{Kind: "pod", UID: owner.Pod, Container: owner.Container}
	case owner.Unit != "":
		return &Origin{Kind: "unit", Unit: owner.Unit}
	case !isInNodesNamespace:
		return &Origin{Kind: "other-network-namespace"}
	case known:
		return &Origin{Kind: "host"}
	}
	return nil
}
