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

// tableFull is the kernel's message that a connection tracking table was full
// (nf_conntrack_alloc in net/netfilter/nf_conntrack_core.c), as far as it says whose.
type tableFull struct {
	text string
	// isAnybodys: kernels before 6.17 print the same of every namespace's table.
	isAnybodys bool
}

// tableFullOf gives the form of the message of this node's table. Kernels since 6.17 name the
// namespace in it unless it is the initial one.
func tableFullOf(inode, initialInode uint64, namesNamespaces bool) tableFull {
	const bare = "nf_conntrack: table full, dropping packet"
	if namesNamespaces && inode != initialInode {
		return tableFull{text: fmt.Sprintf("nf_conntrack: table full in netns %d, dropping packet", inode)}
	}
	return tableFull{text: bare, isAnybodys: !namesNamespaces}
}

// isIn tells whether a line of the log has it. Kernels since 4.x print the module's name twice
// ("nf_conntrack: nf_conntrack: table full…").
func (f tableFull) isIn(message string) bool { return strings.Contains(message, f.text) }

func tableFullOfNode() (tableFull, error) {
	own, err := netns.Inode(netns.Own)
	if err != nil {
		return tableFull{}, err
	}
	initial, err := netns.Inode(netns.Initial())
	if err != nil {
		return tableFull{}, err
	}
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return tableFull{}, fmt.Errorf("cannot read the kernel's release: %w", err)
	}
	return tableFullOf(own, initial, namesNamespaces(unix.ByteSliceToString(name.Release[:]))), nil
}

// namesNamespaces tells whether a kernel of this release says whose table was full.
func namesNamespaces(release string) bool {
	var major, minor int
	if _, err := fmt.Sscanf(release, "%d.%d", &major, &minor); err != nil {
		return false
	}
	return major > 6 || (major == 6 && minor >= 17)
}
