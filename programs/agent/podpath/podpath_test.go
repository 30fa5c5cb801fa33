package podpath

import (
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"packetwalk.dev/agent/isolated"
	"packetwalk.dev/agent/netns"
	"packetwalk.dev/agent/pathcheck"
)

var (
	here  = Peer{netip.MustParseAddr("10.10.0.11"), netip.MustParsePrefix("10.244.1.0/24")}
	there = Peer{netip.MustParseAddr("10.10.0.12"), netip.MustParsePrefix("10.244.2.0/24")}
	// The other node's VTEP answers from its own address.
	pod = netip.MustParseAddr("10.244.2.0")
)

func ip(t *testing.T, pid int, line string) string {
	t.Helper()
	words := append([]string{"ip"}, strings.Fields(line)...)
	if pid != 0 {
		words = append([]string{"nsenter", "--net=" + netns.OfProcess(pid)}, words...)
	}
	out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", strings.Join(words, " "), err, out)
	}
	return string(out)
}

// twoNodes makes this namespace one node and another process's another, with direct routes; gives that process.
func twoNodes(t *testing.T) int {
	t.Helper()
	isolated.Require(t)
	holder := isolated.Command("sleep", "120")
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	other := holder.Process.Pid
	t.Cleanup(func() {
		_ = exec.Command("ip", "link", "del", "eth0").Run()
		_ = holder.Process.Kill()
		_ = holder.Wait()
	})
	ip(t, 0, fmt.Sprintf("link add eth0 type veth peer name eth0 netns %d", other))
	for pid, nodes := range map[int][2]Peer{0: {here, there}, other: {there, here}} {
		self, peer := nodes[0], nodes[1]
		ip(t, pid, "link set lo up")
		ip(t, pid, fmt.Sprintf("address add %s/24 dev eth0", self.Address))
		ip(t, pid, "link set eth0 up")
		ip(t, pid, fmt.Sprintf("route add %s via %s metric 7", peer.PodCIDR, peer.Address))
	}
	return other
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// onBoth does the same on both nodes.
func onBoth(t *testing.T, other int, work func(Spec) error, spec Spec) {
	t.Helper()
	spec.Self, spec.Peers = here, []Peer{there}
	must(t, work(spec))
	spec.Self, spec.Peers = there, []Peer{here}
	must(t, netns.Do(netns.OfProcess(other), func() error { return work(spec) }))
}

func tx(t *testing.T, device string) uint64 {
	t.Helper()
	links, err := Links(here.Address)
	must(t, err)
	for _, link := range links {
		if link.Name == device {
			return link.TxPackets
		}
	}
	t.Fatalf("no device %s among %+v", device, links)
	return 0
}

func TestPacketsTakeTheTunnelAndLeaveItAgain(t *testing.T) {
	other := twoNodes(t)
	routes := ip(t, 0, "route show table main")
	go func() { _ = netns.Do(netns.OfProcess(other), func() error { return pathcheck.Serve(8091) }) }()

	befores := map[netip.Addr]Before{}
	off := false
	onBoth(t, other, func(spec Spec) error {
		before, err := Plan(spec)
		if err != nil {
			return err
		}
		befores[spec.Self.Address] = before
		return Set(spec, before)
	}, Spec{Path: VXLAN, TxChecksum: &off})
	hop, err := WayTo(pod)
	must(t, err)
	if hop.Device != Device || !hop.Tunnel {
		t.Errorf("it goes by %+v", hop)
	}
	if on, err := TxChecksum(Device); err != nil || on {
		t.Errorf("checksums are computed by the device: %v, %v", on, err)
	}
	sent := tx(t, Device)
	server := &net.UDPAddr{IP: pod.AsSlice(), Port: 8091}
	sizes, err := pathcheck.ProbeSizes(server, 1450)
	if err != nil || sizes.Verdict != "clear" {
		t.Errorf("1450 bytes: %+v, %v", sizes, err)
	}
	if tx(t, Device) == sent {
		t.Error("the tunnel carried nothing")
	}
	again, err := Plan(Spec{Path: VXLAN, Self: here, Peers: []Peer{there}})
	if err != nil || !again.Nothing() {
		t.Errorf("once more it would change %+v (%v)", again, err)
	}

	for range 2 { // a second time changes nothing
		onBoth(t, other, func(spec Spec) error {
			left, err := Undo(befores[spec.Self.Address])
			if len(left) > 0 {
				t.Errorf("left: %v", left)
			}
			return err
		}, Spec{})
	}
	if now := ip(t, 0, "route show table main"); now != routes {
		t.Errorf("routes are\n%s, and were\n%s", now, routes)
	}
	if links := ip(t, 0, "link show"); strings.Contains(links, Device) {
		t.Errorf("the device is still there: %s", links)
	}
	if fdb, _ := exec.Command("bridge", "fdb", "show").CombinedOutput(); strings.Contains(string(fdb), "0e:70") {
		t.Errorf("an entry is still there: %s", fdb)
	}
	if hop, err := WayTo(pod); err != nil || hop.Device != "eth0" || hop.Tunnel {
		t.Errorf("it goes by %+v, %v", hop, err)
	}
}

func TestWhatIsOthersStaysTheirs(t *testing.T) {
	twoNodes(t)
	spec := Spec{Path: VXLAN, Self: here, Peers: []Peer{there}}
	before, err := Plan(spec)
	must(t, err)
	must(t, Set(spec, before))
	ip(t, 0, "route replace 10.244.2.0/24 dev eth0 metric 7")
	left, err := Undo(before)
	if err != nil || len(left) != 1 || !strings.Contains(left[0], "goes by eth0 by now") {
		t.Errorf("%v, %v", left, err)
	}
	ip(t, 0, fmt.Sprintf("link add %s type vxlan id 5 dstport 9999 dev eth0", Device))
	defer ip(t, 0, "link del "+Device)
	if _, err := Plan(spec); err == nil || !strings.Contains(err.Error(), "did not make") {
		t.Errorf("Plan: %v", err)
	}
	must(t, removeVTEP())
	if !strings.Contains(ip(t, 0, "link show"), Device) {
		t.Error("another's device is gone")
	}
}

func TestAWayThatIsNoRouteCannotBeSwitched(t *testing.T) {
	twoNodes(t)
	ip(t, 0, "route del 10.244.2.0/24 via 10.10.0.12 metric 7")
	if _, err := Plan(Spec{Path: VXLAN, Self: here, Peers: []Peer{there}}); err == nil || !strings.Contains(err.Error(), "0 routes to the pods of 10.244.2.0/24") {
		t.Errorf("%v", err)
	}
}

func TestAnOverlayThatIsNotThereHasNoChecksums(t *testing.T) {
	twoNodes(t)
	off := false
	if _, err := Plan(Spec{Self: here, Peers: []Peer{there}, TxChecksum: &off}); err == nil || !strings.Contains(err.Error(), "which is no tunnel") {
		t.Errorf("%v", err)
	}
}

func TestAPodsDeviceHasOneMTUAtBothEnds(t *testing.T) {
	isolated.Require(t)
	holder := isolated.Command("sleep", "60")
	must(t, holder.Start())
	defer func() {
		_ = holder.Process.Kill()
		_ = holder.Wait()
	}()
	pid := holder.Process.Pid
	ip(t, 0, fmt.Sprintf("link add pod type veth peer name eth0 netns %d", pid))
	defer func() { _ = exec.Command("ip", "link", "del", "pod").Run() }()
	ip(t, 0, "link set pod up")
	ip(t, pid, "link set eth0 up")
	ip(t, pid, "address add 10.244.1.9/24 dev eth0")
	ip(t, pid, "route add default via 10.244.1.1")
	inPod := func(work func() error) error { return netns.Do(netns.OfProcess(pid), work) }
	must(t, SetPodMTU(inPod, 1450))
	var mtu int
	must(t, inPod(func() (err error) { mtu, err = PodMTU(); return err }))
	if mtu != 1450 || !strings.Contains(ip(t, 0, "link show pod"), "mtu 1450") {
		t.Errorf("in the pod it is %d; on the node: %s", mtu, ip(t, 0, "link show pod"))
	}
}
