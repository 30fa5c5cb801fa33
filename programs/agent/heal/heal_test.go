package heal

import (
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"packetwalk.dev/agent/conntrack"
	"packetwalk.dev/agent/isolated"
	"packetwalk.dev/agent/localaddress"
	"packetwalk.dev/agent/nodestate"
	"packetwalk.dev/agent/podpath"
	"packetwalk.dev/agent/sysctl"

	"net/netip"
)

const (
	finTimeout = "net.ipv4.tcp_fin_timeout"
	portRange  = "net.ipv4.ip_local_port_range"
	mark       = 0x7077
)

func text(value string) *string { return &value }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func set(t *testing.T, requests ...sysctl.Request) {
	t.Helper()
	answers, err := sysctl.ApplyJournalled(requests)
	must(t, err)
	for _, answer := range answers {
		if answer.Error != nil {
			t.Fatal(*answer.Error)
		}
	}
}

func value(t *testing.T, key string) string {
	t.Helper()
	now, err := one(sysctl.Request{Key: key, In: "node"})
	must(t, err)
	return now
}

func healed(t *testing.T) Outcome {
	t.Helper()
	state, err := nodestate.Open()
	must(t, err)
	defer state.Close()
	outcome, err := Node(state)
	must(t, err)
	return outcome
}

func begin(t *testing.T) {
	isolated.Require(t)
	t.Setenv(nodestate.FolderVariable, filepath.Join(t.TempDir(), "node"))
}

func TestAllThatAnAgentChangedIsPutBack(t *testing.T) {
	begin(t)
	address := netip.MustParseAddr("169.254.20.10")
	before := value(t, portRange)
	set(t,
		sysctl.Request{Key: finTimeout, In: "node", Set: text("17"), Before: text("60")},
		sysctl.Request{Key: portRange, In: "node", Set: text("1024 65000"), Before: text(strings.ReplaceAll(before, "\t", " "))},
	)
	state, err := nodestate.Open()
	must(t, err)
	must(t, state.Record(
		nodestate.Change{Kind: nodestate.Address, Address: address.String()},
		nodestate.Change{Kind: nodestate.Entries, Mark: mark},
	))
	state.Close()
	must(t, localaddress.Add(address))
	_, err = conntrack.Prefill(conntrack.Entries{Count: 50, Timeout: time.Minute, State: conntrack.TimeWait, Mark: mark})
	must(t, err)

	outcome := healed(t)
	if len(outcome.PutBack) != 4 || len(outcome.Left)+len(outcome.Failed) != 0 {
		t.Errorf("%+v", outcome)
	}
	if now := value(t, finTimeout); now != "60" {
		t.Errorf("%s is %s", finTimeout, now)
	}
	if now := value(t, portRange); now != before {
		t.Errorf("%s is %s", portRange, now)
	}
	if occupancy, err := conntrack.Count(); err != nil || occupancy.Entries != 0 {
		t.Errorf("%d entries are left (%v)", occupancy.Entries, err)
	}
	addresses, err := net.InterfaceAddrs()
	must(t, err)
	for _, each := range addresses {
		if strings.HasPrefix(each.String(), address.String()) {
			t.Errorf("%s is still there", each)
		}
	}
	if again := healed(t); len(again.PutBack) != 0 {
		t.Errorf("once more: %+v", again)
	}
}

func TestWhatSomebodyElseHasSetSinceIsTheirs(t *testing.T) {
	begin(t)
	set(t, sysctl.Request{Key: finTimeout, In: "node", Set: text("17"), Before: text("60")})
	set(t, sysctl.Request{Key: finTimeout, In: "node", Set: text("33")})
	defer set(t, sysctl.Request{Key: finTimeout, In: "node", Set: text("60")})
	outcome := healed(t)
	if len(outcome.Left) != 1 || !strings.Contains(outcome.Left[0], "is 33 by now") || value(t, finTimeout) != "33" {
		t.Errorf("%+v", outcome)
	}
}

func TestWhatTheRunnerPutBackIsNoLongerOpen(t *testing.T) {
	begin(t)
	set(t, sysctl.Request{Key: finTimeout, In: "node", Set: text("17"), Before: text("60")})
	set(t, sysctl.Request{Key: finTimeout, In: "node", Set: text("60"), Settled: true})
	set(t, sysctl.Request{Key: finTimeout, In: "node", Set: text("17")}) // somebody's own wish
	defer set(t, sysctl.Request{Key: finTimeout, In: "node", Set: text("60")})
	if outcome := healed(t); len(outcome.PutBack)+len(outcome.Left) != 0 || value(t, finTimeout) != "17" {
		t.Errorf("%+v", outcome)
	}
}

func TestOneFailureDoesNotKeepTheRestFromBeingPutBack(t *testing.T) {
	begin(t)
	set(t, sysctl.Request{Key: finTimeout, In: "node", Set: text("17"), Before: text("60")})
	state, err := nodestate.Open()
	must(t, err)
	must(t, state.Record(nodestate.Change{
		Kind: nodestate.Sysctl, Key: "net.ipv4.no_such_setting", In: "node", Before: text("1"), Wrote: text("2"),
	}))
	state.Close()
	outcome := healed(t)
	if len(outcome.PutBack) != 1 || len(outcome.Failed) != 1 || value(t, finTimeout) != "60" {
		t.Errorf("%+v", outcome)
	}
	if again := healed(t); len(again.Failed) != 1 {
		t.Errorf("what failed is forgotten: %+v", again)
	}
}

func TestThePathToOtherNodesPodsIsPutBack(t *testing.T) {
	begin(t)
	ip := func(line string) string {
		out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput()
		if err != nil {
			t.Fatalf("ip %s: %v: %s", line, err, out)
		}
		return string(out)
	}
	ip("link add eth0 type veth peer name eth1")
	defer ip("link del eth0")
	ip("address add 10.10.0.11/24 dev eth0")
	ip("link set eth0 up")
	ip("link set eth1 up")
	ip("route add 10.244.2.0/24 via 10.10.0.12")
	before := ip("route show")
	spec := podpath.Spec{
		Path:  podpath.VXLAN,
		Self:  podpath.Peer{Address: netip.MustParseAddr("10.10.0.11"), PodCIDR: netip.MustParsePrefix("10.244.1.0/24")},
		Peers: []podpath.Peer{{Address: netip.MustParseAddr("10.10.0.12"), PodCIDR: netip.MustParsePrefix("10.244.2.0/24")}},
	}
	planned, err := podpath.Plan(spec)
	must(t, err)
	must(t, podpath.SetJournalled(spec, planned))
	if !strings.Contains(ip("route show"), podpath.Device) {
		t.Fatalf("the path was not chosen: %s", ip("route show"))
	}
	if outcome := healed(t); len(outcome.PutBack) != 1 || len(outcome.Left)+len(outcome.Failed) != 0 {
		t.Errorf("%+v", outcome)
	}
	if now := ip("route show"); now != before || strings.Contains(ip("link show"), podpath.Device) {
		t.Errorf("routes are\n%s, and were\n%s", now, before)
	}
}
