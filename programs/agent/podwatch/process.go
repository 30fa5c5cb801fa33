package podwatch

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/cgroups"
	"packetwalk.dev/agent/procfs"
)

// process is a container's main process.
type process struct {
	pid            int
	pidfd          int
	ignoresSigterm bool
}

// findProcess finds a container's main process: the one that has run longest among those in a
// cgroup of the container; its monitor is none of them. Not to find it is not an error.
func findProcess(container string) (found process, ok bool, err error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return process{}, false, fmt.Errorf("cannot list processes: %w", err)
	}
	oldest := ^uint64(0)
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || !inContainer(pid, container) {
			continue
		}
		if started, ok := procfs.StartTicks(pid); ok && started < oldest {
			found.pid, oldest = pid, started
		}
	}
	if found.pid == 0 {
		return process{}, false, nil
	}
	found.pidfd, err = unix.PidfdOpen(found.pid, 0)
	if err != nil || !inContainer(found.pid, container) { // it has ended meanwhile
		return process{}, false, nil
	}
	found.ignoresSigterm = ignoresSigterm(found.pid)
	return found, true, nil
}

func inContainer(pid int, container string) bool {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cgroup"))
	return err == nil && cgroups.InContainer(string(text), container)
}

// ignoresSigterm tells whether SIGTERM will not end the process: it ignores the signal, or it has
// no handler for it and is the first of its PID namespace, which the kernel protects.
func ignoresSigterm(pid int) bool {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	return err == nil && statusIgnoresSigterm(string(status))
}

func statusIgnoresSigterm(status string) bool {
	const sigterm = uint64(1) << (unix.SIGTERM - 1)
	var caught, ignored uint64
	isFirst := false
	for _, line := range strings.Split(status, "\n") {
		name, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		if len(fields) == 0 {
			continue
		}
		switch name {
		case "SigCgt":
			caught, _ = strconv.ParseUint(fields[0], 16, 64)
		case "SigIgn":
			ignored, _ = strconv.ParseUint(fields[0], 16, 64)
		case "NSpid":
			isFirst = len(fields) > 1 && fields[len(fields)-1] == "1"
		}
	}
	return ignored&sigterm != 0 || (isFirst && caught&sigterm == 0)
}

// awaitEnd returns when the process has ended, however busy the machine is, within a poll's delay.
func (p process) awaitEnd() (time.Time, error) {
	defer unix.Close(p.pidfd)
	polled := []unix.PollFd{{Fd: int32(p.pidfd), Events: unix.POLLIN}}
	for {
		count, err := unix.Poll(polled, -1)
		if count > 0 {
			return time.Now(), nil
		}
		if err != nil && err != unix.EINTR {
			return time.Time{}, fmt.Errorf("cannot wait for the end of process %d: %w", p.pid, err)
		}
	}
}

// Kill sends SIGKILL to a container's main process: a crash, as far as anybody can tell.
func Kill(container string) error {
	found, ok, err := findProcess(container)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("no process of container %s runs on this node", container)
	}
	defer unix.Close(found.pidfd)
	if err := unix.PidfdSendSignal(found.pidfd, unix.SIGKILL, nil, 0); err != nil {
		return fmt.Errorf("cannot kill process %d of container %s: %w", found.pid, container, err)
	}
	return nil
}
