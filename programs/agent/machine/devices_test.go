package machine

import (
	"os/exec"
	"reflect"
	"testing"

	"packetwalk.dev/agent/isolated"
)

func TestDevicesOfANamespace(t *testing.T) {
	isolated.Require(t)
	for _, args := range [][]string{
		{"link", "add", "one", "mtu", "1400", "type", "veth", "peer", "name", "two"},
		{"link", "add", "overlay", "type", "vxlan", "id", "1", "dev", "one", "dstport", "4789"},
	} {
		if output, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			t.Fatalf("ip %v: %v: %s", args, err, output)
		}
	}
	devices, err := Devices()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]Device{}
	for _, each := range devices {
		found[each.Name] = each
	}
	if one := found["one"]; one.Driver != "veth" || one.MTU != 1400 || one.TxChecksum == nil {
		t.Errorf("%+v", one)
	}
	if overlay := found["overlay"]; overlay.Driver != "vxlan" || overlay.MTU != 1350 {
		t.Errorf("%+v", overlay)
	}
	if _, there := found["lo"]; there {
		t.Error("loopback is among them")
	}
}

func TestSearchList(t *testing.T) {
	for text, want := range map[string][]string{
		"nameserver 10.0.0.2\nsearch a.example b.example\n":   {"a.example", "b.example"},
		"search a.example\ndomain b.example\noptions edns0\n": {"b.example"},
		"nameserver 10.0.0.2\n":                               {},
	} {
		if got := Search(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
