package podpath

import (
	"fmt"
	"net/netip"
	"os"

	"packetwalk.dev/agent/netns"
	"packetwalk.dev/agent/procfs"
)

// Question is what State is asked.
type Question struct {
	Self netip.Addr `json:"self"`
	// Pods of this node, whose own devices and counters are read.
	Pods []string `json:"pods"`
	// To which addresses the way is asked for.
	To []netip.Addr `json:"to"`
}

// Place is a network namespace with its IP counters.
type Place struct {
	Where string `json:"where"` // node or pod:<uid>
	// MTU of a pod's device; nil for the node.
	MTU      *int            `json:"mtu"`
	Counters procfs.Counters `json:"counters"`
}

// State is what a node shows of its paths to other nodes' pods at one time.
type State struct {
	Links  []Link  `json:"links"`
	Ways   []Hop   `json:"ways"`
	Places []Place `json:"places"`
	// The machine's CPU times in clock ticks, 100 a second.
	SoftirqTicks uint64 `json:"softirqTicks"`
	SystemTicks  uint64 `json:"systemTicks"`
}

var ipCounters = map[string]procfs.Names{
	"Ip": {
		"FragCreates": "ipFragCreates", "FragFails": "ipFragFails", "ReasmReqds": "ipReasmReqds",
		"ReasmFails": "ipReasmFails", "InDiscards": "ipInDiscards", "InHdrErrors": "ipInHdrErrors",
	},
	"Udp": {"InCsumErrors": "udpInCsumErrors", "InErrors": "udpInErrors"},
	"Tcp": {"InCsumErrors": "tcpInCsumErrors", "RetransSegs": "tcpRetransSegs"},
}

// Read answers.
func Read(question Question) (State, error) {
	state := State{Ways: []Hop{}, Places: []Place{}}
	links, err := Links(question.Self)
	if err != nil {
		return state, err
	}
	state.Links = links
	for _, address := range question.To {
		hop, err := WayTo(address)
		if err != nil {
			return state, err
		}
		state.Ways = append(state.Ways, hop)
	}
	counters, err := readCounters()
	if err != nil {
		return state, err
	}
	state.Places = append(state.Places, Place{Where: "node", Counters: counters})
	processes, err := netns.PodProcesses(question.Pods)
	if err != nil {
		return state, err
	}
	for _, uid := range question.Pods {
		pid, found := processes[uid]
		if !found {
			return state, fmt.Errorf("no process of pod %s runs on this node", uid)
		}
		place := Place{Where: "pod:" + uid}
		err := netns.Do(netns.OfProcess(pid), func() error {
			mtu, err := PodMTU()
			if err != nil {
				return err
			}
			place.MTU = &mtu
			place.Counters, err = readCounters()
			return err
		})
		if err != nil {
			return state, err
		}
		state.Places = append(state.Places, place)
	}
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return state, err
	}
	ticks, ok := procfs.ParseCPU(text)
	if !ok {
		return state, fmt.Errorf("/proc/stat has no line of all CPUs")
	}
	state.SoftirqTicks, state.SystemTicks = ticks.Softirq, ticks.System
	return state, nil
}

// readCounters reads those of the calling thread's network namespace.
func readCounters() (procfs.Counters, error) {
	text, err := os.ReadFile("/proc/thread-self/net/snmp")
	if err != nil {
		return nil, err
	}
	counters := procfs.Counters{}
	for table, names := range ipCounters {
		procfs.Tables(text, table, names, counters)
	}
	return counters, nil
}
