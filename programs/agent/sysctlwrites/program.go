// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only

package sysctlwrites

import (
	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
)

// The kernel gives what the program calls to programs under the GPL alone: hence this file's second licence.
const license = "GPL"

const (
	nameBytes    = 128 // of a watched setting, as bpf_sysctl_get_name gives it, padded with zeros
	valueBytes   = 128 // of what is written
	processBytes = 16  // TASK_COMM_LEN
	ringBytes    = 64 << 10
)

// event is what the program sends of a write; its fields lie in memory as here.
type event struct {
	AtNs            uint64 // CLOCK_MONOTONIC
	Group           uint64 // cgroup v2
	Setting         uint32 // its number in the map of what is watched
	Namespace       uint32 // inode of the network namespace whose setting it is
	WriterNamespace uint32 // that of the writer's own
	WriterMounts    uint32 // of its mount namespace
	PID             uint32
	ValueLength     int32 // negative where it is longer than Value
	Process         [processBytes]byte
	Value           [valueBytes]byte
}

// Offsets in event, and its size.
const (
	atGroup           = 8
	atSetting         = 16
	atNamespace       = 20
	atWriterNamespace = 24
	atWriterMounts    = 28
	atPID             = 32
	atValueLength     = 36
	atProcess         = 40
	atValue           = atProcess + processBytes
	eventBytes        = atValue + valueBytes
)

// Places on the program's stack, below its frame.
const (
	eventPlace   = -eventBytes
	namePlace    = eventPlace - nameBytes
	pointerPlace = namePlace - 8
)

// program tells each write of a watched setting, and lets all of them through.
func program(watched, ring *ebpf.Map, kernel layout) *ebpf.ProgramSpec {
	const (
		context = asm.R6
		scratch = asm.R7
		task    = asm.R8
	)
	var code asm.Instructions
	add := func(instructions ...asm.Instruction) { code = append(code, instructions...) }
	stack := func(register asm.Register, place int32) {
		add(asm.Mov.Reg(register, asm.RFP), asm.Add.Imm(register, place))
	}
	// read copies from an address of the kernel; what can't be read is zero.
	read := func(place, size int32, from asm.Register, offset uint32) {
		stack(asm.R1, place)
		add(asm.Mov.Imm(asm.R2, size))
		if from != asm.R3 {
			add(asm.Mov.Reg(asm.R3, from))
		}
		add(asm.Add.Imm(asm.R3, int32(offset)), asm.FnProbeReadKernel.Call())
	}
	// follow reads a pointer.
	follow := func(into, from asm.Register, offset uint32) {
		read(pointerPlace, 8, from, offset)
		add(asm.LoadMem(into, asm.RFP, pointerPlace, asm.DWord))
	}

	add(asm.Mov.Reg(context, asm.R1))
	add(asm.LoadMem(asm.R1, context, 0, asm.Word)) // struct bpf_sysctl: write
	add(asm.JEq.Imm(asm.R1, 0, "pass"))

	add(asm.Mov.Imm(asm.R1, 0))
	for offset := int16(0); offset < nameBytes+eventBytes; offset += 8 {
		add(asm.StoreMem(asm.RFP, namePlace+offset, asm.R1, asm.DWord))
	}
	add(asm.Mov.Reg(asm.R1, context))
	stack(asm.R2, namePlace)
	add(asm.Mov.Imm(asm.R3, nameBytes), asm.Mov.Imm(asm.R4, 0), asm.FnSysctlGetName.Call())
	add(asm.JSLT.Imm(asm.R0, 0, "pass")) // longer than any that is watched
	add(asm.LoadMapPtr(asm.R1, watched.FD()))
	stack(asm.R2, namePlace)
	add(asm.FnMapLookupElem.Call(), asm.JEq.Imm(asm.R0, 0, "pass"))
	add(asm.LoadMem(asm.R1, asm.R0, 0, asm.Word), asm.StoreMem(asm.RFP, eventPlace+atSetting, asm.R1, asm.Word))

	add(asm.FnKtimeGetNs.Call(), asm.StoreMem(asm.RFP, eventPlace, asm.R0, asm.DWord))
	add(asm.FnGetCurrentCgroupId.Call(), asm.StoreMem(asm.RFP, eventPlace+atGroup, asm.R0, asm.DWord))
	add(asm.Mov.Reg(asm.R1, context))
	stack(asm.R2, eventPlace+atValue)
	add(asm.Mov.Imm(asm.R3, valueBytes), asm.FnSysctlGetNewValue.Call())
	add(asm.StoreMem(asm.RFP, eventPlace+atValueLength, asm.R0, asm.Word))

	// The table that a setting is in belongs to a network namespace, whoever writes it.
	follow(scratch, context, kernel.sysctlHead)
	follow(scratch, scratch, kernel.headSet)
	add(asm.Sub.Imm(scratch, int32(kernel.netSysctls)))
	read(eventPlace+atNamespace, 4, scratch, kernel.netInode)

	add(asm.FnGetCurrentTask.Call(), asm.Mov.Reg(task, asm.R0))
	read(eventPlace+atPID, 4, task, kernel.taskProcess)
	follow(scratch, task, kernel.taskLeader) // whose name is the process's; a thread may have its own
	read(eventPlace+atProcess, processBytes, scratch, kernel.taskName)
	follow(task, task, kernel.taskNamespaces)
	follow(scratch, task, kernel.namespacesNet)
	read(eventPlace+atWriterNamespace, 4, scratch, kernel.netInode)
	follow(scratch, task, kernel.namespacesMount)
	read(eventPlace+atWriterMounts, 4, scratch, kernel.mountInode)

	add(asm.LoadMapPtr(asm.R1, ring.FD()))
	stack(asm.R2, eventPlace)
	add(asm.Mov.Imm(asm.R3, eventBytes), asm.Mov.Imm(asm.R4, 0), asm.FnRingbufOutput.Call())

	add(asm.Mov.Imm(asm.R0, 1).WithSymbol("pass"), asm.Return())
	return &ebpf.ProgramSpec{
		Name:         "sysctl_writes",
		Type:         ebpf.CGroupSysctl,
		AttachType:   ebpf.AttachCGroupSysctl,
		Instructions: code,
		License:      license,
	}
}
