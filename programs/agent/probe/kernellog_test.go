package probe

import (
	"testing"

	"packetwalk.dev/agent/procfs"
)

func TestTableFullIsThisNodes(t *testing.T) {
	const (
		initial = 4026531833
		node    = 4026532999
	)
	named := messageOf("4,1234,56789,-;nf_conntrack: table full in netns 4026532999, dropping packet\n SUBSYSTEM=net\n")
	bare := messageOf("4,1235,56790,-;nf_conntrack: nf_conntrack: table full, dropping packet\n")
	other := messageOf("4,1236,56791,-;nf_conntrack: table full in netns 40265329990, dropping packet\n")
	noise := messageOf("6,1237,56792,-;eth0: link up\n")
	for _, each := range []struct {
		own        uint64
		release    string
		isAnybodys bool
		want       [4]bool
	}{
		{node, "6.18.44", false, [4]bool{true, false, false, false}},
		{initial, "6.18.44", false, [4]bool{false, true, false, false}},
		// Such a kernel never prints the first and the third.
		{node, "6.8.0-45-generic", true, [4]bool{false, true, false, false}},
		{initial, "5.15.0-1071-azure", true, [4]bool{false, true, false, false}},
	} {
		wanted := tableFullOf(each.own, initial, namesNamespaces(each.release))
		if wanted.isAnybodys != each.isAnybodys {
			t.Errorf("on %s the message is anybody's: %v", each.release, wanted.isAnybodys)
		}
		for i, message := range []string{named, bare, other, noise} {
			if wanted.isIn(message) != each.want[i] {
				t.Errorf("namespace %d on %s: %q matches: %v", each.own, each.release, message, !each.want[i])
			}
		}
	}
}

func TestKernelsNameNamespacesSince617(t *testing.T) {
	for release, want := range map[string]bool{
		"6.16.12": false, "6.17.0-5-generic": true, "6.18.44": true, "7.0.1": true, "5.4.0": false, "unknown": false,
	} {
		if namesNamespaces(release) != want {
			t.Errorf("%s: %v", release, !want)
		}
	}
}

func TestAnybodysMessageNeedsADropOfTheNode(t *testing.T) {
	tick := func(drops uint64) Tick {
		return Tick{Samples: []Sample{{Where: "node", Counters: procfs.Counters{"conntrackDrop": drops}}}}
	}
	unknown := Tick{Samples: []Sample{{Where: "node", Counters: procfs.Counters{}}}}
	if mayHaveDropped(tick(7), tick(7)) {
		t.Error("a table that dropped nothing was full")
	}
	if !mayHaveDropped(tick(7), tick(9)) || !mayHaveDropped(unknown, unknown) {
		t.Error("a table that dropped, or of which that is not known, was not full")
	}
}
