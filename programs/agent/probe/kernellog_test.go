package probe

import "testing"

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
		own  uint64
		want [4]bool
	}{
		{node, [4]bool{true, false, false, false}},
		{initial, [4]bool{false, true, false, false}},
	} {
		matches := tableFullOf(each.own, initial)
		for i, message := range []string{named, bare, other, noise} {
			if matches(message) != each.want[i] {
				t.Errorf("namespace %d: %q matches: %v", each.own, message, !each.want[i])
			}
		}
	}
}
