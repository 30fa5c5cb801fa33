package nodestate

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func opened(t *testing.T) *State {
	t.Helper()
	t.Setenv(FolderVariable, filepath.Join(t.TempDir(), "node"))
	state, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(state.Close)
	return state
}

func text(value string) *string { return &value }

func sysctl(key, before, wrote string) Change {
	return Change{Kind: Sysctl, Key: key, In: "node", Before: text(before), Wrote: text(wrote)}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func keys(t *testing.T, state *State) string {
	t.Helper()
	open, err := state.Unsettled()
	must(t, err)
	all := ""
	for _, each := range open {
		all += each.Key + "=" + *each.Before + " "
	}
	return all
}

func TestTheOldestValueIsKeptUntilItIsSettled(t *testing.T) {
	state := opened(t)
	must(t, state.Record(sysctl("a", "1", "2"), sysctl("b", "1", "2")))
	must(t, state.Record(sysctl("a", "2", "3")))
	if open := keys(t, state); open != "b=1 a=1 " {
		t.Errorf("open: %s", open)
	}
	must(t, state.Settle(sysctl("a", "", "")))
	if open := keys(t, state); open != "b=1 " {
		t.Errorf("after a was settled: %s", open)
	}
	must(t, state.Record(sysctl("a", "9", "3")))
	if open := keys(t, state); open != "a=9 b=1 " {
		t.Errorf("after a was changed anew: %s", open)
	}
}

func TestWhatACrashCutShortWasNeverMade(t *testing.T) {
	state := opened(t)
	must(t, state.Record(sysctl("a", "1", "2")))
	whole, err := os.ReadFile(state.journal())
	must(t, err)
	must(t, os.WriteFile(state.journal(), append(whole, `{"change":"sysctl","key":"b","bef`...), 0o600))
	if open := keys(t, state); open != "a=1 " {
		t.Errorf("with a torn end: %s", open)
	}
	must(t, state.Record(sysctl("c", "1", "2")))
	if open := keys(t, state); open != "c=1 a=1 " {
		t.Errorf("after another change: %s", open)
	}
}

func TestADamagedJournalIsNotPassedOver(t *testing.T) {
	state := opened(t)
	must(t, os.WriteFile(state.journal(), []byte("?\n"), 0o600))
	if _, err := state.Unsettled(); err == nil {
		t.Error("a damaged line was passed over")
	}
}

func TestAnAgentThatHasGivenUpChangesNothing(t *testing.T) {
	state := opened(t)
	must(t, state.Beat())
	must(t, state.MarkHealed())
	if err := state.Record(sysctl("a", "1", "2")); !errors.Is(err, ErrHealed) {
		t.Errorf("a change: %v", err)
	}
	if err := state.Beat(); !errors.Is(err, ErrHealed) {
		t.Errorf("a heartbeat: %v", err)
	}
}

func TestSilenceIsCountedFromTheLastBeat(t *testing.T) {
	state := opened(t)
	first, err := state.Silence()
	must(t, err)
	later, err := state.Silence()
	must(t, err)
	if first != 0 || later <= 0 {
		t.Errorf("%v, then %v", first, later)
	}
	must(t, state.Beat())
	after, err := state.Silence()
	must(t, err)
	if after < 0 || after >= later+after {
		t.Errorf("after a beat: %v", after)
	}
}

func TestWithoutAFolderThereIsNoJournal(t *testing.T) {
	t.Setenv(FolderVariable, "")
	state, err := Open()
	must(t, err)
	must(t, state.Record(sysctl("a", "1", "2")))
	must(t, state.Settle(sysctl("a", "1", "2")))
	state.Close()
	if state.Beat() == nil {
		t.Error("a pod without a folder took a heartbeat")
	}
}
