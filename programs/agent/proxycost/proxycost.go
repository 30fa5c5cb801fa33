// Package proxycost tells what a node's kube-proxy costs, and what it says of its own work.
package proxycost

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"packetwalk.dev/agent/procfs"
)

const (
	// metricsURL is where kube-proxy serves its metrics unless it is told otherwise (metricsBindAddress).
	metricsURL = "http://127.0.0.1:10249/metrics"
	// comm is the kernel's name of the process.
	comm = "kube-proxy"
	// tickMs is USER_HZ, 100 a second.
	tickMs = 10
	// wait bounds the metrics' answer.
	wait = 5 * time.Second
)

// wanted are the metrics that are passed on, without their buckets.
var wanted = []string{"kubeproxy_sync_proxy_rules_", "kubeproxy_sync_full_proxy_rules_", "kubeproxy_network_programming_duration_seconds"}

// Process is kube-proxy's.
type Process struct {
	RSSBytes uint64 `json:"rssBytes"`
	CPUMs    uint64 `json:"cpuMs"`
}

// Cost is what was found; a nil with its reason was not.
type Cost struct {
	Process      *Process `json:"process"`
	NoProcess    string   `json:"noProcess,omitempty"`
	Metrics      *string  `json:"metrics"`
	NoMetrics    string   `json:"noMetrics,omitempty"`
	SoftirqMs    *uint64  `json:"softirqMs"` // of the whole kernel, since it started
	AtUnixMs     float64  `json:"atUnixMs"`
	IPVSServices []string `json:"ipvsServices"` // virtual servers of IPVS in this network namespace
	LegacyTables []string `json:"legacyTables"` // iptables' own tables, which nf_tables does not show
}

// Read looks at the calling process's network namespace.
func Read() Cost {
	cost := Cost{AtUnixMs: float64(time.Now().UnixMicro()) / 1000}
	if stat, err := os.ReadFile("/proc/stat"); err == nil {
		if ticks, ok := procfs.ParseCPU(stat); ok {
			ms := ticks.Softirq * tickMs
			cost.SoftirqMs = &ms
		}
	}
	if process, err := find(); err != nil {
		cost.NoProcess = err.Error()
	} else {
		cost.Process = &process
	}
	if text, err := metrics(); err != nil {
		cost.NoMetrics = err.Error()
	} else {
		cost.Metrics = &text
	}
	if table, err := os.ReadFile("/proc/net/ip_vs"); err == nil {
		cost.IPVSServices = virtualServers(string(table))
	}
	if names, err := os.ReadFile("/proc/net/ip_tables_names"); err == nil {
		cost.LegacyTables = strings.Fields(string(names))
	}
	return cost
}

// find takes the kube-proxy of this network namespace: other nodes' may be on the same kernel.
func find() (Process, error) {
	own, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		return Process{}, fmt.Errorf("this network namespace has no name: %w", err)
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return Process{}, fmt.Errorf("cannot list processes: %w", err)
	}
	for _, entry := range entries {
		folder := filepath.Join("/proc", entry.Name())
		if _, err := strconv.Atoi(entry.Name()); err != nil {
			continue
		}
		name, err := os.ReadFile(filepath.Join(folder, "comm"))
		if err != nil || strings.TrimSpace(string(name)) != comm {
			continue
		}
		if at, err := os.Readlink(filepath.Join(folder, "ns/net")); err == nil && at == own {
			return usage(folder)
		}
	}
	return Process{}, errors.New("no process of this node is called kube-proxy")
}

func usage(folder string) (Process, error) {
	status, err := os.ReadFile(filepath.Join(folder, "status"))
	if err != nil {
		return Process{}, fmt.Errorf("kube-proxy has ended: %w", err)
	}
	stat, err := os.ReadFile(filepath.Join(folder, "stat"))
	if err != nil {
		return Process{}, fmt.Errorf("kube-proxy has ended: %w", err)
	}
	rss, hasRSS := residentBytes(string(status))
	ticks, hasTicks := cpuTicks(string(stat))
	if !hasRSS || !hasTicks {
		return Process{}, errors.New("the kernel does not say what kube-proxy uses")
	}
	return Process{RSSBytes: rss, CPUMs: ticks * tickMs}, nil
}

func residentBytes(status string) (uint64, bool) {
	for _, line := range strings.Split(status, "\n") {
		name, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		if name == "VmRSS" && len(fields) == 2 && fields[1] == "kB" {
			kib, err := strconv.ParseUint(fields[0], 10, 64)
			return kib << 10, err == nil
		}
	}
	return 0, false
}

// cpuTicks adds user and system time: fields 14 and 15 of /proc/PID/stat.
func cpuTicks(stat string) (uint64, bool) {
	// The second field, a name in parentheses, may hold anything.
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	const user, system = 14 - 3, 15 - 3
	if len(fields) <= system {
		return 0, false
	}
	inUser, err := strconv.ParseUint(fields[user], 10, 64)
	if err != nil {
		return 0, false
	}
	inSystem, err := strconv.ParseUint(fields[system], 10, 64)
	return inUser + inSystem, err == nil
}

func metrics() (string, error) {
	client := http.Client{Timeout: wait}
	answer, err := client.Get(metricsURL)
	if err != nil {
		return "", fmt.Errorf("kube-proxy's metrics can't be read: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("kube-proxy's metrics can't be read: %s", answer.Status)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", fmt.Errorf("kube-proxy's metrics broke off: %w", err)
	}
	return chosen(string(text)), nil
}

func chosen(text string) string {
	var kept []string
	for _, line := range strings.Split(text, "\n") {
		for _, name := range wanted {
			if strings.HasPrefix(line, name) && !strings.Contains(line, "_bucket{") {
				kept = append(kept, line)
			}
		}
	}
	return strings.Join(kept, "\n")
}

// virtualServers gives the address of each of IPVS's (net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_info_seq_show): "TCP  0A600014:0050 rr".
func virtualServers(table string) []string {
	found := []string{}
	for _, line := range strings.Split(table, "\n") {
		fields := strings.Fields(line)
		if len(fields) < 2 || (fields[0] != "TCP" && fields[0] != "UDP" && fields[0] != "SCTP") {
			continue
		}
		hex, _, _ := strings.Cut(fields[1], ":")
		if value, err := strconv.ParseUint(hex, 16, 32); err == nil && len(hex) == 8 {
			found = append(found, fmt.Sprintf("%d.%d.%d.%d", value>>24, value>>16&0xff, value>>8&0xff, value&0xff))
		}
	}
	return found
}
