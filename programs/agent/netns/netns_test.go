package netns

import (
	"runtime"
	"testing"

	"packetwalk.dev/agent/isolated"
)

// TestNeverLeavesItsOwn goes elsewhere often enough to meet the main thread, whose namespace is
// what /proc/self speaks of.
func TestNeverLeavesItsOwn(t *testing.T) {
	isolated.Require(t)
	other := isolated.Command("sleep", "60")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = other.Process.Kill()
		_ = other.Wait()
	}()
	path := OfProcess(other.Process.Pid)
	own, err := Inode(Own)
	if err != nil {
		t.Fatal(err)
	}
	others, err := Inode(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 500 {
		var inside uint64
		err := Do(path, func() (err error) {
			inside, err = Inode("/proc/thread-self/ns/net")
			return err
		})
		if err != nil || inside != others {
			t.Fatalf("inside it is %d (%v), want %d", inside, err, others)
		}
		if now, err := Inode(Own); err != nil || now != own {
			t.Fatalf("the own namespace became %d (%v), was %d", now, err, own)
		}
		runtime.Gosched()
	}
}
