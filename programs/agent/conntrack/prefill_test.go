package conntrack

import (
	"strings"
	"testing"
)

// table is one whose collector takes back so many entries after each filling.
type table struct {
	entries  int
	takes    []int
	nextFree int
}

func (t *table) create(first, beyond int) error {
	if first != t.nextFree {
		panic("an entry is made twice, or left out")
	}
	t.nextFree = beyond
	t.entries += beyond - first
	if len(t.takes) > 0 {
		t.entries -= t.takes[0]
		t.takes = t.takes[1:]
	}
	return nil
}

func (t *table) count() (Occupancy, error) { return Occupancy{Entries: t.entries, Limit: 262144}, nil }

func TestWhatTheKernelTakesBackMeanwhileIsFilledUp(t *testing.T) {
	for name, of := range map[string]struct {
		takes   []int
		created int
	}{
		"nothing":      {nil, 1000},
		"once":         {[]int{63}, 1063},
		"and again":    {[]int{63, 5}, 1068},
		"all at first": {[]int{1000}, 2000},
	} {
		table := &table{takes: of.takes}
		after, err := fill(1000, table.count, table.create)
		if err != nil || after.Entries != 1000 || table.nextFree != of.created {
			t.Errorf("%s: %d entries after %d made (%v), want 1000 after %d", name, after.Entries, table.nextFree, err, of.created)
		}
	}
}

func TestATableThatStaysShortIsToldWithBothNumbers(t *testing.T) {
	table := &table{takes: []int{9, 9, 9, 9, 9, 9}}
	_, err := fill(1000, table.count, table.create)
	if err == nil || !strings.Contains(err.Error(), "has only 991 of the 1000") {
		t.Errorf("%v", err)
	}
}
