package procfs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var conntrackNames = Names{"entries": "entries", "drop": "drop", "early_drop": "earlyDrop", "clashres": "clash", "search_restart": "restart"}

func expect(t *testing.T, got Counters, want string) {
	t.Helper()
	if fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestConntrackStatGoesByName(t *testing.T) {
	for name, each := range map[string]struct{ text, want string }{
		"6.x": {`entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart
00000010  00000001 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 0000000a 00000002 00000000  00000000 00000000 00000000 00000003
00000010  00000002 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000006 00000000 00000000  00000000 00000000 00000000 00000001
`, "map[clash:3 drop:16 earlyDrop:2 entries:16 restart:4]"},
		"4.x, which has no clashres": {`entries  searched found new invalid ignore delete delete_list insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart
00000010  00000001 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 0000000a 00000002 00000000  00000000 00000000 00000000 00000003
`, "map[drop:10 earlyDrop:2 entries:16 restart:3]"},
		"nothing": {"", "map[]"},
	} {
		got := Counters{}
		ConntrackStat([]byte(each.text), conntrackNames, got)
		t.Run(name, func(t *testing.T) { expect(t, got, each.want) })
	}
}

func TestTablesGoByName(t *testing.T) {
	text := "Ip: Forwarding\nIp: 1\nTcp: RtoMin MaxConn RetransSegs\nTcp: 200 -1 18446744073709551615\nTcpExt: RetransSegs\nTcpExt: 7\n"
	got := Counters{}
	Tables([]byte(text), "Tcp", Names{"RetransSegs": "retransSegs", "MaxConn": "maxConn", "Gone": "gone"}, got)
	expect(t, got, "map[retransSegs:18446744073709551615]")
}

func TestSockstat(t *testing.T) {
	got := Counters{}
	Sockstat([]byte("sockets: used 21\nTCP: inuse 2 orphan 0 tw 1200 alloc 3 mem 0\nUDP: inuse 9 mem 0\n"), "TCP", Names{"tw": "timeWait", "inuse": "inUse"}, got)
	expect(t, got, "map[inUse:2 timeWait:1200]")
}

func TestSoftnet(t *testing.T) {
	got := Counters{}
	Softnet([]byte("000000ff 00000001 00000010 00000000\n000000ff 00000002 00000001 00000000\n"), "dropped", "squeezed", got)
	expect(t, got, "map[dropped:3 squeezed:17]")
}

func TestCPU(t *testing.T) {
	ticks, ok := ParseCPU([]byte("cpu  100 1 30 400 5 6 7 8 50 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n"))
	if want := (CPUTicks{User: 101, System: 30, Idle: 405, Softirq: 7, Steal: 8, Total: 557}); !ok || ticks != want {
		t.Errorf("%+v, want %+v", ticks, want)
	}
	if _, ok := ParseCPU([]byte("cpu 1 2\n")); ok {
		t.Error("a short line was accepted")
	}
}

func TestPressure(t *testing.T) {
	us, ok := PressureSomeUs([]byte("some avg10=1.00 avg60=0.50 avg300=0.10 total=327512798\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=5\n"))
	if !ok || us != 327512798 {
		t.Errorf("%d, %v", us, ok)
	}
}

func TestFileIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "counters")
	for _, content := range []string{"first", strings.Repeat("longer than the buffer", 2000), ""} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		file, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got, err := file.Read(); err != nil || string(got) != content {
				t.Errorf("read %d bytes of %d (%v)", len(got), len(content), err)
			}
		}
		file.Close()
	}
}
