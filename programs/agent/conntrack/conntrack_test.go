package conntrack

import (
	"encoding/binary"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mdlayher/netlink"

	"packetwalk.dev/agent/isolated"
	"packetwalk.dev/agent/netfilter"
)

const ours = 0x7077

func entries(count int, mark uint32) Entries {
	return Entries{Count: count, Timeout: 10 * time.Minute, State: TimeWait, Mark: mark}
}

func mustPrefill(t *testing.T, wanted Entries) Filled {
	t.Helper()
	filled, err := Prefill(wanted)
	if err != nil {
		t.Fatal(err)
	}
	return filled
}

func mustFlush(t *testing.T, which Which) Flushed {
	t.Helper()
	flushed, err := Flush(which)
	if err != nil {
		t.Fatal(err)
	}
	return flushed
}

func marked(mark uint32) Which { return Which{Mark: &mark} }

// addTranslated adds an entry of a connection to a Service that a pod answers.
func addTranslated(t *testing.T, service, pod string) {
	t.Helper()
	conn, err := netfilter.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	number := func(text string) uint32 {
		address := netip.MustParseAddr(text).As4()
		return binary.BigEndian.Uint32(address[:])
	}
	client := number("10.244.0.9")
	request, err := newEntry(entries(1, 0), tuple{client, number(service), 40000, 80}, tuple{number(pod), client, 8080, 40000})
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Flags |= netlink.Acknowledge
	if _, err := conn.Execute(request); err != nil {
		t.Fatal(err)
	}
}

func expectEntries(t *testing.T, want int) {
	t.Helper()
	occupancy, err := Count()
	if err != nil {
		t.Fatal(err)
	}
	if occupancy.Entries != want {
		t.Errorf("%d entries, want %d", occupancy.Entries, want)
	}
}

func TestPrefillIsAssuredAndMarked(t *testing.T) {
	isolated.Require(t)
	defer mustFlush(t, marked(ours))
	for _, state := range []State{TimeWait, Established} {
		wanted := entries(10, ours)
		wanted.State = state
		mustPrefill(t, wanted)
		table, err := os.ReadFile("/proc/self/net/nf_conntrack")
		if os.IsNotExist(err) {
			t.Skip("this kernel has no /proc/net/nf_conntrack")
		}
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(table)), "\n")
		if len(lines) != 10 {
			t.Fatalf("%d entries, want 10:\n%s", len(lines), table)
		}
		name := strings.ToUpper(strings.ReplaceAll(string(state), "-", "_"))
		for _, line := range lines {
			for _, part := range []string{name, "src=198.1", "dst=198.51.100.", "[ASSURED]", "mark=28791"} {
				if !strings.Contains(line, part) {
					t.Errorf("no %s in %s", part, line)
				}
			}
			if strings.Contains(line, "[UNREPLIED]") {
				t.Errorf("no reply was seen in %s", line)
			}
		}
		mustFlush(t, marked(ours))
	}
}

func TestFlushTakesExactlyWhatItIsTold(t *testing.T) {
	isolated.Require(t)
	const count = 5000
	if filled := mustPrefill(t, entries(count, ours)); filled.Created != count || filled.Entries != count {
		t.Errorf("%+v, want %d", filled, count)
	}
	mustPrefill(t, entries(300, 0x11))
	addTranslated(t, "10.96.0.20", "10.244.1.5")
	addTranslated(t, "10.96.0.21", "10.244.1.6")
	addTranslated(t, "10.96.0.22", "10.244.1.7")
	expectEntries(t, count+303)

	// A mark that only shares bits with the entries' is not theirs.
	if flushed := mustFlush(t, marked(0x77)); flushed.Removed != 0 {
		t.Errorf("a foreign mark removed %d", flushed.Removed)
	}
	service, pod := netip.MustParseAddr("10.96.0.20"), netip.MustParseAddr("10.244.1.6")
	client := netip.MustParseAddr("10.244.0.9")
	byAddress := mustFlush(t, Which{Addresses: []netip.Addr{service, pod, client}})
	if byAddress.Removed != 2 || byAddress.Entries != count+301 {
		t.Errorf("by the Service's and another's pod address: %+v", byAddress)
	}
	if flushed := mustFlush(t, Which{Sources: []netip.Addr{service, pod}}); flushed.Removed != 0 {
		t.Errorf("addresses that opened nothing removed %d", flushed.Removed)
	}
	if flushed := mustFlush(t, marked(ours)); flushed.Removed != count || flushed.Entries != 301 {
		t.Errorf("by mark: %+v", flushed)
	}
	mark, last := uint32(0x11), netip.MustParseAddr("10.96.0.22")
	if flushed := mustFlush(t, Which{Mark: &mark, Addresses: []netip.Addr{last}}); flushed.Removed != 301 || flushed.Entries != 0 {
		t.Errorf("by both: %+v", flushed)
	}
	addTranslated(t, "10.96.0.20", "10.244.1.5")
	if flushed := mustFlush(t, Which{Sources: []netip.Addr{client}}); flushed.Removed != 1 || flushed.Entries != 0 {
		t.Errorf("by who opened it: %+v", flushed)
	}
}

func TestFlushByAddressOfManyEntries(t *testing.T) {
	isolated.Require(t)
	const count = 20_000
	defer mustFlush(t, marked(ours))
	mustPrefill(t, entries(count, ours))
	seventh := netip.MustParseAddr("198.51.100.7")
	want := count / destinationCount
	if flushed := mustFlush(t, Which{Addresses: []netip.Addr{seventh}}); flushed.Removed < want || flushed.Removed > want+1 {
		t.Errorf("removed %d of about %d entries", flushed.Removed, want)
	}
}

func TestPrefillRefusesWhatDoesNotFit(t *testing.T) {
	isolated.Require(t)
	occupancy, err := Count()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Prefill(entries(occupancy.Limit+1, ours)); err == nil || !strings.Contains(err.Error(), "do not fit") {
		t.Errorf("one entry too many: %v", err)
	}
	expectEntries(t, 0)
}

func TestPrefillTwice(t *testing.T) {
	isolated.Require(t)
	defer mustFlush(t, marked(ours))
	mustPrefill(t, entries(1000, ours))
	if filled := mustPrefill(t, entries(1000, ours)); filled.Entries != 2000 {
		t.Errorf("two times 1000 make %d", filled.Entries)
	}
}

func TestPrefillFillsADefaultTable(t *testing.T) {
	isolated.Require(t)
	const defaultLimit = 262_144
	if occupancy, err := Count(); err != nil || occupancy.Limit < defaultLimit {
		t.Skipf("this machine's table has %+v (%v)", occupancy, err)
	}
	defer mustFlush(t, marked(ours))
	if filled := mustPrefill(t, entries(defaultLimit, ours)); filled.Entries < defaultLimit {
		t.Errorf("the table has %d entries", filled.Entries)
	}
}
