// Package throttling reads how often the kernel held containers back because of their CPU limit.
package throttling

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"packetwalk.dev/agent/cgroups"
)

// Counters of one container since its start (Documentation/admin-guide/cgroup-v2.rst, cpu.stat).
type Counters struct {
	Container   string  `json:"container"`
	Periods     int64   `json:"periods"`     // of the limit's quota, in which it had something to run
	Throttled   int64   `json:"throttled"`   // of them, those in which it used up the quota
	ThrottledMs float64 `json:"throttledMs"` // time that its threads were held back, over all CPUs
}

// places are where a container sees the CPU accounting of its own cgroup: v2, and v1 as runc mounts it.
var places = []string{
	"sys/fs/cgroup/cpu.stat",
	"sys/fs/cgroup/cpu/cpu.stat",
	"sys/fs/cgroup/cpu,cpuacct/cpu.stat",
}

// Read gives the counters of containers of this node, by their full ids. One without a process is
// left out.
func Read(containers []string) ([]Counters, error) {
	return read("/proc", containers)
}

func read(proc string, containers []string) ([]Counters, error) {
	entries, err := os.ReadDir(proc)
	if err != nil {
		return nil, fmt.Errorf("cannot list processes: %w", err)
	}
	found := []Counters{}
	left := append([]string{}, containers...)
	for _, entry := range entries {
		if _, err := strconv.Atoi(entry.Name()); err != nil || len(left) == 0 {
			continue
		}
		text, err := os.ReadFile(filepath.Join(proc, entry.Name(), "cgroup"))
		if err != nil {
			continue // it has ended meanwhile
		}
		for i, container := range left {
			if !cgroups.InContainer(string(text), container) {
				continue
			}
			counters, err := readProcess(filepath.Join(proc, entry.Name(), "root"), container)
			if err != nil {
				return nil, err
			}
			found = append(found, counters)
			left = append(left[:i], left[i+1:]...)
			break
		}
	}
	return found, nil
}

func readProcess(root, container string) (Counters, error) {
	for _, place := range places {
		text, err := os.ReadFile(filepath.Join(root, place))
		if err == nil {
			return parse(container, text)
		}
	}
	return Counters{}, errors.New("the container sees no CPU accounting of its cgroup")
}

// parse reads cpu.stat. The time has another name and unit in v1.
func parse(container string, text []byte) (Counters, error) {
	counters := Counters{Container: container}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		name, digits, _ := strings.Cut(lines.Text(), " ")
		value, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return Counters{}, fmt.Errorf("cpu.stat has a line %q", lines.Text())
		}
		switch name {
		case "nr_periods":
			counters.Periods = value
		case "nr_throttled":
			counters.Throttled = value
		case "throttled_usec":
			counters.ThrottledMs = float64(value) / 1e3
		case "throttled_time":
			counters.ThrottledMs = float64(value) / 1e6
		}
	}
	return counters, nil
}
