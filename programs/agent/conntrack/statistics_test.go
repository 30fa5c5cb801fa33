package conntrack

import (
	"net/netip"
	"testing"

	"packetwalk.dev/agent/isolated"
	"packetwalk.dev/agent/procfs"
)

// TestStatisticsAgreeWithProc compares both sources where a kernel has both.
func TestStatisticsAgreeWithProc(t *testing.T) {
	isolated.Require(t)
	file, err := procfs.Open("/proc/self/net/stat/nf_conntrack")
	if err != nil {
		t.Skipf("this kernel has one source only: %v", err)
	}
	defer file.Close()
	statistics, err := OpenStatistics()
	if err != nil {
		t.Fatal(err)
	}
	defer statistics.Close()
	defer mustFlush(t, marked(ours))
	mustPrefill(t, entries(700, ours))
	mustFlush(t, Which{Addresses: []netip.Addr{netip.MustParseAddr("198.51.100.7")}})

	names := procfs.Names{}
	for _, name := range []string{"found", "invalid", "insert", "insert_failed", "drop", "early_drop", "icmp_error", "search_restart", "clashres"} {
		names[name] = name
	}
	text, err := file.Read()
	if err != nil {
		t.Fatal(err)
	}
	byProc := procfs.Counters{}
	procfs.ConntrackStat(text, names, byProc)
	byNetlink, err := statistics.Read()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range byProc {
		if got, there := byNetlink[name]; !there || got != want {
			t.Errorf("%s: %d (%v) by ctnetlink, %d by proc", name, got, there, want)
		}
	}
}
