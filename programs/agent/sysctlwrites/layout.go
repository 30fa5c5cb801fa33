package sysctlwrites

import (
	"fmt"

	"github.com/cilium/ebpf/btf"
)

// layout says where in this kernel's own structures is what helpers do not give: whose setting a write is about, and who
// writes. Offsets in bytes.
type layout struct {
	sysctlHead      uint32 // of the written setting, in the program's context
	headSet         uint32
	netSysctls      uint32 // the set of a network namespace's own settings
	netInode        uint32
	taskLeader      uint32
	taskProcess     uint32
	taskName        uint32
	taskNamespaces  uint32
	namespacesNet   uint32
	namespacesMount uint32
	mountInode      uint32
}

// readLayout finds it in the kernel's own description of its types.
func readLayout() (layout, error) {
	kernel, err := btf.LoadKernelSpec()
	if err != nil {
		return layout{}, fmt.Errorf("the kernel does not describe its types: %w", err)
	}
	var found layout
	for _, each := range []struct {
		into       *uint32
		of, member string
	}{
		{&found.sysctlHead, "bpf_sysctl_kern", "head"},
		{&found.headSet, "ctl_table_header", "set"},
		{&found.netSysctls, "net", "sysctls"},
		{&found.netInode, "net", "ns"},
		{&found.taskLeader, "task_struct", "group_leader"},
		{&found.taskProcess, "task_struct", "tgid"},
		{&found.taskName, "task_struct", "comm"},
		{&found.taskNamespaces, "task_struct", "nsproxy"},
		{&found.namespacesNet, "nsproxy", "net_ns"},
		{&found.namespacesMount, "nsproxy", "mnt_ns"},
		{&found.mountInode, "mnt_namespace", "ns"},
	} {
		if *each.into, err = offsetOf(kernel, each.of, each.member); err != nil {
			return layout{}, err
		}
	}
	inode, err := offsetOf(kernel, "ns_common", "inum")
	found.netInode += inode
	found.mountInode += inode
	return found, err
}

func offsetOf(kernel *btf.Spec, structure, member string) (uint32, error) {
	var found *btf.Struct
	if err := kernel.TypeByName(structure, &found); err != nil {
		return 0, fmt.Errorf("the kernel's struct %s is not known: %w", structure, err)
	}
	offset, ok := offsetIn(found.Members, member)
	if !ok {
		return 0, fmt.Errorf("the kernel's struct %s has no %s", structure, member)
	}
	return offset, nil
}

// offsetIn looks into members without a name as well: what they have, the structure has.
func offsetIn(members []btf.Member, name string) (uint32, bool) {
	for _, member := range members {
		if member.Name == name {
			return member.Offset.Bytes(), true
		}
		if member.Name != "" {
			continue
		}
		var inner []btf.Member
		switch composite := btf.UnderlyingType(member.Type).(type) {
		case *btf.Struct:
			inner = composite.Members
		case *btf.Union:
			inner = composite.Members
		}
		if offset, ok := offsetIn(inner, name); ok {
			return member.Offset.Bytes() + offset, true
		}
	}
	return 0, false
}
