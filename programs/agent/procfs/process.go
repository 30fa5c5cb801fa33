package procfs

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// StartTicks is when a process was started, in ticks since the machine was: field 22 of /proc/PID/stat. With the PID it names one
// process for ever.
func StartTicks(pid int) (uint64, bool) {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0, false
	}
	// The second field, a name in parentheses, may hold anything.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	const startTime = 22 - 3
	if len(fields) <= startTime {
		return 0, false
	}
	ticks, err := strconv.ParseUint(fields[startTime], 10, 64)
	return ticks, err == nil
}
