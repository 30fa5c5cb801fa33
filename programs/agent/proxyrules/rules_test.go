package proxyrules

import (
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"packetwalk.dev/agent/isolated"
)

var pod = netip.MustParseAddr("10.244.1.5")

func run(t *testing.T, stdin string, name string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skip("needs " + name)
	}
	command := exec.Command(name, args...)
	command.Stdin = strings.NewReader(stdin)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", name, err, output)
	}
}

func watching(t *testing.T) *Watcher {
	t.Helper()
	isolated.Require(t)
	run(t, "flush ruleset\n", "nft", "-f", "-")
	watcher, err := Watch()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(watcher.Close)
	return watcher
}

func expectLed(t *testing.T, watcher *Watcher, want bool) {
	t.Helper()
	destinations, err := watcher.Destinations()
	if err != nil {
		t.Fatal(err)
	}
	if destinations[pod] != want {
		t.Errorf("the rules lead to %v", destinations)
	}
}

// As kube-proxy writes them in iptables mode.
const iptablesRules = `*nat
:KUBE-SERVICES - [0:0]
:KUBE-SVC-A - [0:0]
:KUBE-SEP-1 - [0:0]
:KUBE-SEP-2 - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.96.0.20/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-A
-A KUBE-SVC-A -m statistic --mode random --probability 0.5 -j KUBE-SEP-1
-A KUBE-SVC-A -j KUBE-SEP-2
-A KUBE-SEP-1 -p tcp -m tcp -j DNAT --to-destination 10.244.1.5:80
-A KUBE-SEP-2 -p tcp -m tcp -j DNAT --to-destination 10.244.2.5:80
-A POSTROUTING -p tcp -j SNAT --to-source 10.0.0.1:1000-2000 --random-fully
-A POSTROUTING -j MASQUERADE --random-fully
COMMIT
`

func TestIptablesRules(t *testing.T) {
	watcher := watching(t)
	expectLed(t, watcher, false)
	run(t, iptablesRules, "iptables-nft-restore", "--noflush")
	expectLed(t, watcher, true)
	// The endpoint's chain may outlive the last rule that leads to it.
	run(t, "*nat\n:KUBE-SVC-A - [0:0]\n-A KUBE-SVC-A -j KUBE-SEP-2\nCOMMIT\n", "iptables-nft-restore", "--noflush")
	expectLed(t, watcher, false)
}

func TestIPv6TablesAndOthersTargets(t *testing.T) {
	watcher := watching(t)
	run(t, `*nat
-A POSTROUTING -p tcp -j SNAT --to-source [fd00::1]:1000-2000 --random-fully
-A POSTROUTING -j MASQUERADE --random-fully
-A OUTPUT -p tcp -m comment --comment "a" -m mark ! --mark 0x1/0x1 -j DNAT --to-destination [fd00:10::5]:80
COMMIT
`, "ip6tables-nft-restore", "--noflush")
	destinations, err := watcher.Destinations()
	if want := netip.MustParseAddr("fd00:10::5"); err != nil || !destinations[want] || len(destinations) != 1 {
		t.Errorf("the rules lead to %v (%v)", destinations, err)
	}
}

// As kube-proxy writes them in nftables mode.
const nftablesRules = `table ip kube-proxy {
	map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
	chain endpoint-1 { meta l4proto tcp dnat to 10.244.1.5:80; }
	chain endpoint-2 { meta l4proto tcp dnat to 10.244.2.5:80; }
	chain service-a { numgen random mod 2 vmap { 0 : goto endpoint-1, 1 : goto endpoint-2 }; }
	chain services { ip daddr . meta l4proto . th dport vmap @service-ips; }
	chain nat-prerouting { type nat hook prerouting priority -100; jump services; }
}
add element ip kube-proxy service-ips { 10.96.0.20 . tcp . 80 : goto service-a }
`

func TestNftablesRules(t *testing.T) {
	watcher := watching(t)
	run(t, nftablesRules, "nft", "-f", "-")
	expectLed(t, watcher, true)
	run(t, "flush chain ip kube-proxy service-a; add rule ip kube-proxy service-a goto endpoint-2\n", "nft", "-f", "-")
	expectLed(t, watcher, false)
	run(t, "add rule ip kube-proxy service-a goto endpoint-1\n", "nft", "-f", "-")
	expectLed(t, watcher, true)
	run(t, "delete element ip kube-proxy service-ips { 10.96.0.20 . tcp . 80 }\n", "nft", "-f", "-")
	expectLed(t, watcher, false)
}

func TestChangesAreAnnounced(t *testing.T) {
	watcher := watching(t)
	run(t, nftablesRules, "nft", "-f", "-")
	if _, changed, err := watcher.Changed(); err != nil || !changed {
		t.Fatalf("changed: %v, %v", changed, err)
	}
	for changed := true; changed; {
		_, changed, _ = watcher.Changed()
	}
	before := time.Now()
	run(t, "delete element ip kube-proxy service-ips { 10.96.0.20 . tcp . 80 }\n", "nft", "-f", "-")
	for {
		at, changed, err := watcher.Changed()
		if err != nil || time.Since(before) > 5*time.Second {
			t.Fatalf("no change announced: %v", err)
		}
		if changed {
			if at.Before(before) {
				t.Errorf("announced at %v, made after %v", at, before)
			}
			return
		}
	}
}
