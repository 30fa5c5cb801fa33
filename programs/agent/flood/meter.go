package flood

import (
	"time"

	"packetwalk.dev/agent/procfs"
)

// Meter tells what a load that is driven by other means costs its process, and what it did to the
// TCP counters of its network namespace.
type Meter struct {
	tcpBefore                procfs.Counters
	userBefore, systemBefore time.Duration
}

// StartMeter begins to count.
func StartMeter() (Meter, error) {
	tcp, err := readTCP()
	user, system := cpuTimes()
	return Meter{tcpBefore: tcp, userBefore: user, systemBefore: system}, err
}

// Fill writes what happened since into a report: TCP, CPU and MaxRSSBytes.
func (m Meter) Fill(report *Report) error {
	user, system := cpuTimes()
	report.CPU = CPU{UserMs: milliseconds(user - m.userBefore), SystemMs: milliseconds(system - m.systemBefore)}
	report.MaxRSSBytes = maxRSSBytes()
	tcp, err := tcpSince(m.tcpBefore)
	report.TCP = tcp
	return err
}
