// Package signals sees the signals that processes of this machine are sent, by the kernel's own
// tracepoint (include/trace/events/signal.h): no process needs to log anything. Nothing of it
// outlives the process that watches.
package signals

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// initialPIDNamespace is the inode of the initial PID namespace (PROC_PID_INIT_INO): the
// tracepoint names processes by their numbers there.
const initialPIDNamespace = 0xEFFFFFFC

const tracepoint = "events/signal/signal_generate/"

// layout says where in a record the tracepoint has its fields.
type layout struct {
	id                  uint64
	signal, pid, result int
	bytes               int
}

// describe reads the tracepoint's number and layout from tracefs.
func describe() (layout, error) {
	var info unix.Stat_t
	if err := unix.Stat("/proc/self/ns/pid", &info); err != nil || info.Ino != initialPIDNamespace {
		return layout{}, errors.New("the node's processes are in a PID namespace of their own")
	}
	root, err := openTracefs()
	if err != nil {
		return layout{}, fmt.Errorf("the kernel's tracepoints cannot be opened: %w", err)
	}
	defer unix.Close(root)
	id, err := readAt(root, tracepoint+"id")
	if err != nil {
		return layout{}, fmt.Errorf("the kernel has no signal tracepoint: %w", err)
	}
	format, err := readAt(root, tracepoint+"format")
	if err != nil {
		return layout{}, fmt.Errorf("the kernel has no signal tracepoint: %w", err)
	}
	number, err := strconv.ParseUint(strings.TrimSpace(id), 10, 64)
	if err != nil {
		return layout{}, fmt.Errorf("the signal tracepoint has the number %q", id)
	}
	parsed, err := parseFormat(format)
	parsed.id = number
	return parsed, err
}

// openTracefs opens tracefs as a mount of our own that is attached nowhere.
func openTracefs() (int, error) {
	context, err := unix.Fsopen("tracefs", unix.FSOPEN_CLOEXEC)
	if err != nil {
		return -1, err
	}
	defer unix.Close(context)
	if err := unix.FsconfigCreate(context); err != nil {
		return -1, err
	}
	return unix.Fsmount(context, unix.FSMOUNT_CLOEXEC, unix.MOUNT_ATTR_RDONLY)
}

func readAt(root int, path string) (string, error) {
	fd, err := unix.Openat(root, path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", err
	}
	file := os.NewFile(uintptr(fd), path)
	defer file.Close()
	content := make([]byte, 16<<10)
	count, err := file.Read(content)
	return string(content[:count]), err
}

// parseFormat finds the fields in a tracepoint's format file: "field:int sig;	offset:8;	size:4;	signed:1;".
func parseFormat(format string) (layout, error) {
	offsets := map[string]int{}
	for _, line := range strings.Split(format, "\n") {
		parts := strings.Split(strings.TrimSpace(line), ";")
		if len(parts) < 3 || !strings.HasPrefix(parts[0], "field:") {
			continue
		}
		declaration := strings.Fields(parts[0])
		offset, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(parts[1]), "offset:"))
		if err == nil {
			offsets[declaration[len(declaration)-1]] = offset
		}
	}
	var l layout
	for name, into := range map[string]*int{"sig": &l.signal, "pid": &l.pid, "result": &l.result} {
		offset, found := offsets[name]
		if !found {
			return l, fmt.Errorf("the signal tracepoint has no field %q", name)
		}
		*into = offset
		l.bytes = max(l.bytes, offset+4)
	}
	return l, nil
}

func (l layout) parse(record []byte) (Signal, bool) {
	if len(record) < l.bytes {
		return Signal{}, false
	}
	number := func(at int) int { return int(int32(binary.NativeEndian.Uint32(record[at:]))) }
	const ignored = 1 // TRACE_SIGNAL_IGNORED
	return Signal{
		Number:  unix.Signal(number(l.signal)),
		PID:     number(l.pid),
		Ignored: number(l.result) == ignored,
	}, true
}
