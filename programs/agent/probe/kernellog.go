package probe

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/netns"
)

// kernelLog reads the kernel messages that are logged after it was opened.
type kernelLog struct{ fd int }

const (
	kernelLogDevice = "/dev/kmsg"
	// recordBytes is more than the longest record that the kernel gives out (8 KiB).
	recordBytes = 16 << 10
)

func openKernelLog() (*kernelLog, error) {
	fd, err := unix.Open(kernelLogDevice, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot read the kernel log: %w", err)
	}
	if _, err := unix.Seek(fd, 0, unix.SEEK_END); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("cannot read the kernel log: %w", err)
	}
	return &kernelLog{fd: fd}, nil
}

func (l *kernelLog) close() { unix.Close(l.fd) }

// messages gives the text of what was logged since it was opened or last asked.
func (l *kernelLog) messages() ([]string, error) {
	var messages []string
	record := make([]byte, recordBytes)
	for {
		count, err := unix.Read(l.fd, record)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return messages, nil
		case errors.Is(err, unix.EPIPE), errors.Is(err, unix.EINTR):
			// EPIPE: records were overwritten before they were read; the next read goes on after them.
		case err != nil:
			return messages, fmt.Errorf("cannot read the kernel log: %w", err)
		default:
			messages = append(messages, messageOf(string(record[:count])))
		}
	}
}

// messageOf takes the text out of a record "priority,number,µs,flags;text\n key=value\n…".
func messageOf(record string) string {
	_, text, _ := strings.Cut(record, ";")
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// tableFullOf gives a filter for the messages that this node's connection tracking table was full.
// The kernel names the namespace in them unless it is the initial one
// (nf_conntrack_alloc in net/netfilter/nf_conntrack_core.c).
func tableFullOf(inode, initialInode uint64) func(message string) bool {
	wanted := fmt.Sprintf("nf_conntrack: table full in netns %d, dropping packet", inode)
	if inode == initialInode {
		wanted = "nf_conntrack: table full, dropping packet"
	}
	// Kernels since 4.x print the module's name twice ("nf_conntrack: nf_conntrack: table full…").
	return func(message string) bool { return strings.Contains(message, wanted) }
}

func tableFullOfNode() (func(string) bool, error) {
	own, err := netns.Inode(netns.Own)
	if err != nil {
		return nil, err
	}
	initial, err := netns.Inode(netns.Initial())
	if err != nil {
		return nil, err
	}
	return tableFullOf(own, initial), nil
}
