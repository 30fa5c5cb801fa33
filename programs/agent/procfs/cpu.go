package procfs

import "bytes"

// CPUTicks are the machine's CPU times in clock ticks (USER_HZ, 100 per second).
type CPUTicks struct{ User, System, Idle, Softirq, Steal, Total uint64 }

// The columns of /proc/stat's cpu line (proc_stat(5)). Guest times are parts of user and nice.
const (
	cpuUser = iota
	cpuNice
	cpuSystem
	cpuIdle
	cpuIOWait
	cpuIRQ
	cpuSoftirq
	cpuSteal
	cpuColumns
)

// ParseCPU reads the line of all CPUs together at the top of /proc/stat.
func ParseCPU(text []byte) (CPUTicks, bool) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	fields := bytes.Fields(line)
	if len(fields) <= cpuColumns || string(fields[0]) != "cpu" {
		return CPUTicks{}, false
	}
	var columns [cpuColumns]uint64
	ticks := CPUTicks{}
	for i := range columns {
		columns[i], _ = number(fields[i+1], 10)
		ticks.Total += columns[i]
	}
	ticks.User = columns[cpuUser] + columns[cpuNice]
	ticks.System = columns[cpuSystem]
	ticks.Idle = columns[cpuIdle] + columns[cpuIOWait]
	ticks.Softirq = columns[cpuSoftirq]
	ticks.Steal = columns[cpuSteal]
	return ticks, true
}

// PressureSomeUs reads the µs in which some task waited from a /proc/pressure file.
func PressureSomeUs(text []byte) (uint64, bool) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	_, total, found := bytes.Cut(line, []byte(" total="))
	if !found || !bytes.HasPrefix(line, []byte("some ")) {
		return 0, false
	}
	return number(total, 10)
}
