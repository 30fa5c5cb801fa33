package proxycost

import (
	"slices"
	"testing"
)

func TestProcessUsage(t *testing.T) {
	if bytes, ok := residentBytes("Name:\tkube-proxy\nVmRSS:\t   61440 kB\nThreads:\t9\n"); !ok || bytes != 61440<<10 {
		t.Errorf("resident: %d, %v", bytes, ok)
	}
	if _, ok := residentBytes("Name:\tkthreadd\n"); ok {
		t.Error("what is not told was read")
	}
	stat := "42 (kube-proxy (x) y) S 1 42 42 0 -1 4194560 9 0 0 0 150 30 0 0 20 0 9 0 1234 0 0"
	if ticks, ok := cpuTicks(stat); !ok || ticks != 180 {
		t.Errorf("ticks: %d, %v", ticks, ok)
	}
	if _, ok := cpuTicks("42 (kube-proxy) S 1"); ok {
		t.Error("ticks of a line that broke off")
	}
}

func TestMetricsThatArePassedOn(t *testing.T) {
	text := "# HELP kubeproxy_sync_proxy_rules_duration_seconds x\n" +
		"kubeproxy_sync_proxy_rules_duration_seconds_bucket{ip_family=\"IPv4\",le=\"0.001\"} 0\n" +
		"kubeproxy_sync_proxy_rules_duration_seconds_sum{ip_family=\"IPv4\"} 1.5\n" +
		"go_goroutines 9\n"
	want := "kubeproxy_sync_proxy_rules_duration_seconds_sum{ip_family=\"IPv4\"} 1.5"
	if got := chosen(text); got != want {
		t.Errorf("passed on: %q", got)
	}
}

func TestVirtualServers(t *testing.T) {
	table := "IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n" +
		"  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n" +
		"TCP  0A600014:0050 rr\n  -> 0AF40105:0050      Masq    1      0          0\n"
	if got := virtualServers(table); !slices.Equal(got, []string{"10.96.0.20"}) {
		t.Errorf("virtual servers: %q", got)
	}
}
