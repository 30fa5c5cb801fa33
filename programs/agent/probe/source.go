package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/netns"
	"packetwalk.dev/agent/procfs"
)

// The kernel's counters that are sampled in every network namespace, and our names for them.
var (
	tcpCounters = procfs.Names{
		"RetransSegs":  "retransSegs",
		"AttemptFails": "attemptFails",
		"ActiveOpens":  "activeOpens",
		"PassiveOpens": "passiveOpens",
		"OutRsts":      "outResets",
		"InCsumErrors": "inCsumErrors",
	}
	tcpExtCounters = procfs.Names{
		"ListenOverflows":    "listenOverflows",
		"ListenDrops":        "listenDrops",
		"TCPSynRetrans":      "synRetrans",
		"TCPTimeouts":        "tcpTimeouts",
		"TCPReqQFullDrop":    "reqQFullDrop",
		"TCPFastOpenActive":  "tcpFastOpenActive",
		"TCPFastOpenPassive": "tcpFastOpenPassive",
	}
	socketCounters = procfs.Names{
		"inuse":  "tcpInUse",
		"orphan": "tcpOrphan",
		"tw":     "timeWaitSockets",
	}
	conntrackCounters = procfs.Names{
		"entries":        "conntrackEntries",
		"drop":           "conntrackDrop",
		"early_drop":     "conntrackEarlyDrop",
		"insert_failed":  "conntrackInsertFailed",
		"clashres":       "conntrackClashResolve",
		"invalid":        "conntrackInvalid",
		"search_restart": "conntrackSearchRestart",
	}
)

const conntrackLimitFile = "/proc/sys/net/netfilter/nf_conntrack_max"

// source is one open file and what to take from it.
type source struct {
	file  *procfs.File
	parse func(text []byte, into procfs.Counters)
}

// place is one network namespace with its open files.
type place struct {
	name    string
	sources []source
}

// openNode opens the counters of the agent's own network namespace, and those of the machine.
func openNode() (*place, error) {
	node := &place{name: "node"}
	err := errors.Join(
		node.openNamespace("/proc/self", netns.Own),
		node.open("/proc/net/softnet_stat", func(text []byte, into procfs.Counters) {
			procfs.Softnet(text, "softnetDropped", "softnetTimeSqueeze", into)
		}),
		node.open("/proc/stat", cpuCounters),
		node.open("/proc/pressure/cpu", func(text []byte, into procfs.Counters) {
			if us, ok := procfs.PressureSomeUs(text); ok {
				into["psiCpuSomeUs"] = us
			}
		}),
	)
	return node, err
}

func openPod(uid string, pid int) (*place, error) {
	pod := &place{name: "pod:" + uid}
	return pod, pod.openNamespace(fmt.Sprintf("/proc/%d", pid), netns.OfProcess(pid))
}

// openNamespace opens the counters of a process's network namespace.
func (p *place) openNamespace(process, namespace string) error {
	network := process + "/net/"
	return errors.Join(
		p.open(network+"snmp", func(text []byte, into procfs.Counters) {
			procfs.Tables(text, "Tcp", tcpCounters, into)
		}),
		p.open(network+"netstat", func(text []byte, into procfs.Counters) {
			procfs.Tables(text, "TcpExt", tcpExtCounters, into)
		}),
		p.open(network+"sockstat", func(text []byte, into procfs.Counters) {
			procfs.Sockstat(text, "TCP", socketCounters, into)
		}),
		p.open(network+"stat/nf_conntrack", func(text []byte, into procfs.Counters) {
			procfs.ConntrackStat(text, conntrackCounters, into)
		}),
		// A sysctl belongs to the namespace of the thread that opens it.
		netns.Do(namespace, func() error { return p.open(conntrackLimitFile, conntrackLimit) }),
	)
}

// open adds a file; one that this kernel does not have is left out.
func (p *place) open(path string, parse func([]byte, procfs.Counters)) error {
	file, err := procfs.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	p.sources = append(p.sources, source{file: file, parse: parse})
	return nil
}

// read samples every file of the place.
func (p *place) read() (procfs.Counters, error) {
	counters := make(procfs.Counters, 32)
	for _, each := range p.sources {
		text, err := each.file.Read()
		if errors.Is(err, unix.EOPNOTSUPP) {
			continue // pressure accounting that is compiled in but switched off
		}
		if err != nil {
			return nil, err
		}
		each.parse(text, counters)
	}
	return counters, nil
}

func (p *place) close() {
	for _, each := range p.sources {
		each.file.Close()
	}
}

func conntrackLimit(text []byte, into procfs.Counters) {
	if limit, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil {
		into["conntrackLimit"] = limit
	}
}

func cpuCounters(text []byte, into procfs.Counters) {
	ticks, ok := procfs.ParseCPU(text)
	if !ok {
		return
	}
	into["cpuUserTicks"] = ticks.User
	into["cpuSystemTicks"] = ticks.System
	into["cpuIdleTicks"] = ticks.Idle
	into["cpuSoftirqTicks"] = ticks.Softirq
	into["cpuStealTicks"] = ticks.Steal
	into["cpuTotalTicks"] = ticks.Total
}
