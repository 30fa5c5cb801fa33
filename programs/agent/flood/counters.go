package flood

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/procfs"
)

var (
	tcpCounters    = procfs.Names{"RetransSegs": "retransSegs", "AttemptFails": "attemptFails"}
	tcpExtCounters = procfs.Names{"TCPSynRetrans": "synRetrans", "TCPTimeouts": "tcpTimeouts"}
	timeWait       = procfs.Names{"tw": "timeWaitAfter"}
)

// readTCP reads the TCP counters of the process's network namespace.
func readTCP() (procfs.Counters, error) {
	counters := procfs.Counters{}
	for path, parse := range map[string]func([]byte){
		"/proc/self/net/snmp":    func(text []byte) { procfs.Tables(text, "Tcp", tcpCounters, counters) },
		"/proc/self/net/netstat": func(text []byte) { procfs.Tables(text, "TcpExt", tcpExtCounters, counters) },
	} {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("cannot read the kernel's TCP counters: %w", err)
		}
		parse(text)
	}
	return counters, nil
}

// tcpSince gives by how much the TCP counters grew, and the TIME_WAIT sockets of now.
func tcpSince(before procfs.Counters) (map[string]int64, error) {
	after, err := readTCP()
	if err != nil {
		return nil, err
	}
	grown := make(map[string]int64, len(after)+1)
	for name, value := range after {
		grown[name] = int64(value) - int64(before[name])
	}
	sockstat, err := os.ReadFile("/proc/self/net/sockstat")
	if err != nil {
		return nil, fmt.Errorf("cannot read the kernel's socket counters: %w", err)
	}
	sockets := procfs.Counters{}
	procfs.Sockstat(sockstat, "TCP", timeWait, sockets)
	for name, value := range sockets {
		grown[name] = int64(value)
	}
	return grown, nil
}

// cpuTimes gives what this process has used so far.
func cpuTimes() (user, system time.Duration) {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0, 0
	}
	return time.Duration(usage.Utime.Nano()), time.Duration(usage.Stime.Nano())
}

// maxRSSBytes gives the most memory that this process has held at once.
func maxRSSBytes() int64 {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return usage.Maxrss << 10
}
