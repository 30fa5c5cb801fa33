package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/conntrack"
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

const (
	conntrackLimitFile = "/proc/sys/net/netfilter/nf_conntrack_max"
	conntrackCountFile = "/proc/sys/net/netfilter/nf_conntrack_count"
)

// source is what some counters are read from, again and again.
type source interface {
	read(into procfs.Counters) error
	close()
}

// fileSource is one open file and what to take from it.
type fileSource struct {
	file  *procfs.File
	parse func(text []byte, into procfs.Counters)
}

func (s fileSource) read(into procfs.Counters) error {
	text, err := s.file.Read()
	if errors.Is(err, unix.EOPNOTSUPP) {
		return nil // pressure accounting that is compiled in but switched off
	}
	if err == nil {
		s.parse(text, into)
	}
	return err
}

func (s fileSource) close() { s.file.Close() }

// conntrackSource is ctnetlink, where there is no file.
type conntrackSource struct{ *conntrack.Statistics }

func (s conntrackSource) read(into procfs.Counters) error {
	counters, err := s.Read()
	for name, value := range counters {
		if ours, wanted := conntrackCounters[name]; wanted {
			into[ours] = value
		}
	}
	return err
}

func (s conntrackSource) close() { s.Close() }

// ConntrackFrom tells where the counters of connection tracking were read.
type ConntrackFrom string

const (
	FromProc    ConntrackFrom = "proc"      // /proc/net/stat/nf_conntrack
	FromNetlink ConntrackFrom = "ctnetlink" // where the kernel has no such file
	FromNowhere ConntrackFrom = "nowhere"   // then they are missing
)

// place is one network namespace with its open sources.
type place struct {
	name          string
	sources       []source
	conntrackFrom ConntrackFrom
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
		p.openConntrack(network+"stat/nf_conntrack", namespace),
		// A sysctl belongs to the namespace of the thread that opens it.
		netns.Do(namespace, func() error { return p.open(conntrackLimitFile, numberAs("conntrackLimit")) }),
	)
}

// openConntrack opens the file, or else a socket in the namespace; where there is neither, the counters are left out.
func (p *place) openConntrack(path, namespace string) error {
	before := len(p.sources)
	err := p.open(path, func(text []byte, into procfs.Counters) {
		procfs.ConntrackStat(text, conntrackCounters, into)
	})
	if len(p.sources) > before {
		p.conntrackFrom = FromProc
	}
	if err != nil || p.conntrackFrom == FromProc {
		return err
	}
	p.conntrackFrom = FromNowhere
	_ = netns.Do(namespace, func() error {
		statistics, err := conntrack.OpenStatistics()
		if err != nil {
			return err
		}
		p.sources = append(p.sources, conntrackSource{statistics})
		p.conntrackFrom = FromNetlink
		return p.open(conntrackCountFile, numberAs("conntrackEntries"))
	})
	return nil
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
	p.sources = append(p.sources, fileSource{file: file, parse: parse})
	return nil
}

// read samples every source of the place.
func (p *place) read() (procfs.Counters, error) {
	counters := make(procfs.Counters, 32)
	for _, each := range p.sources {
		if err := each.read(counters); err != nil {
			return nil, err
		}
	}
	return counters, nil
}

func (p *place) close() {
	for _, each := range p.sources {
		each.close()
	}
}

// numberAs parses a file that holds one number.
func numberAs(name string) func([]byte, procfs.Counters) {
	return func(text []byte, into procfs.Counters) {
		if value, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil {
			into[name] = value
		}
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
