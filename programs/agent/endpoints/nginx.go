package endpoints

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	reloadLimit = 15 * time.Second
	reloadPoll  = 5 * time.Millisecond
)

// ReloadNGINX has the master whose pid is in the file read its configuration again, and returns
// when new workers run and the old ones accept no more connections. It waits for a master that
// is only being started; pids are those of this process's namespace, so the pod has to share one.
func ReloadNGINX(pidFile string) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeoutCause(ctx, reloadLimit, errors.New("NGINX did not take its new configuration in time; its log says why"))
		defer cancel()
		master := 0
		if err := poll(ctx, func() bool { master = runningMaster(pidFile); return master != 0 }); err != nil {
			return err
		}
		before := workersOf(master)
		if err := syscall.Kill(master, syscall.SIGHUP); err != nil {
			return fmt.Errorf("NGINX can't be reloaded: %w", err)
		}
		return poll(ctx, func() bool { return replaced(before, workersOf(master)) })
	}
}

func poll(ctx context.Context, done func() bool) error {
	for !done() {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(reloadPoll):
		}
	}
	return nil
}

// replaced tells whether workers have come that were not there before, and none of before still accepts.
func replaced(before, now map[int]bool) bool {
	fresh := false
	for pid, accepts := range now {
		_, old := before[pid]
		if old && accepts {
			return false
		}
		fresh = fresh || !old && accepts
	}
	return fresh
}

// runningMaster reads the pid file; 0 while there is no such process, or it is another one.
func runningMaster(pidFile string) int {
	text, err := os.ReadFile(pidFile)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || !strings.HasPrefix(title(pid), "nginx: master process") {
		return 0
	}
	return pid
}

// workersOf gives the master's workers, and whether each accepts connections: NGINX renames a
// worker to "worker process is shutting down" right before it closes its listening sockets.
func workersOf(master int) map[int]bool {
	workers := map[int]bool{}
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range folders {
		pid, err := strconv.Atoi(filepath.Base(folder))
		if err != nil || parentOf(pid) != master {
			continue
		}
		// Until it has given itself a title, a new worker bears its master's, and does not accept yet.
		if name := title(pid); strings.HasPrefix(name, "nginx: worker process") {
			workers[pid] = !strings.Contains(name, "shutting down")
		}
	}
	return workers
}

func title(pid int) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return string(bytes.ReplaceAll(bytes.TrimRight(text, "\x00"), []byte{0}, []byte{' '}))
}

// parentOf reads the second field after the name, which may hold anything (proc(5), /proc/pid/stat).
func parentOf(pid int) int {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1])
	return parent
}
