package sysctlwrites

import "testing"

func TestTheLastWriteOfWhatIsThereNow(t *testing.T) {
	const key, node, pods = "net/ipv4/tcp_fin_timeout", 1, 2
	by := func(process, path string, namespace uint64, value string) Write {
		return Write{Path: path, Namespace: namespace, Value: value, By: Writer{Process: process}}
	}
	writes := []Write{
		by("first", key, node, "15"),
		by("tuner", key, node, "60"),
		by("runc", key, pods, "60"),
		by("other", "net/core/somaxconn", node, "60"),
		by("refused", key, node, "soon"),
	}
	last, count := LastOf(writes, key, node, "60")
	if last == nil || last.Process != "tuner" || count != 3 {
		t.Errorf("by %+v, the last of %d", last, count)
	}
	if last, _ := LastOf(writes, key, node, "17"); last != nil {
		t.Errorf("nobody was seen to write 17, but %+v", last)
	}
}

func TestOneValueWrittenInManyWays(t *testing.T) {
	for written, read := range map[string]string{
		"60": "60", "0x3c": "60", "074": "60", "1024 65535": "1024\t65535", "cubic": "cubic",
	} {
		if !isSame(written, read) {
			t.Errorf("%q is not %q", written, read)
		}
	}
	for written, read := range map[string]string{"6": "60", "1024": "1024 65535", "": "60", "bbr": "cubic"} {
		if isSame(written, read) {
			t.Errorf("%q is %q", written, read)
		}
	}
}
