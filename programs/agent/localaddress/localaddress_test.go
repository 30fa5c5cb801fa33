package localaddress

import (
	"errors"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"packetwalk.dev/agent/isolated"
)

func TestMain(m *testing.M) { isolated.Main(m) }

var address = netip.MustParseAddr("169.254.20.10")

func TestAnAddressComesAndGoes(t *testing.T) {
	isolated.Require(t)
	for range 2 { // a second time changes nothing
		if err := Add(address); err != nil {
			t.Fatal(err)
		}
	}
	listener, err := net.Listen("tcp", address.String()+":53")
	if err != nil {
		t.Fatalf("it is not an address of ours: %v", err)
	}
	listener.Close()
	for range 2 {
		if err := Remove(address); err != nil {
			t.Fatal(err)
		}
	}
	if listener, err := net.Listen("tcp", address.String()+":53"); err == nil {
		listener.Close()
		t.Error("it is still there")
	}
}

func TestSomebodyElsesAddressStays(t *testing.T) {
	isolated.Require(t)
	ip(t, "address", "add", address.String()+"/32", "dev", "lo")
	if err := Add(address); !errors.Is(err, ErrTaken) {
		t.Errorf("Add: %v", err)
	}
	if err := Remove(address); err != nil {
		t.Errorf("Remove: %v", err)
	}
	if !strings.Contains(ip(t, "address", "show", "dev", "lo"), address.String()) {
		t.Error("it is gone")
	}
	ip(t, "address", "del", address.String()+"/32", "dev", "lo")
}

func ip(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("ip", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
