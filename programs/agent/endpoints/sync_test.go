package endpoints

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestSyncsKeepTheirDistanceAndTakeTheNewestSet(t *testing.T) {
	const interval = 150 * time.Millisecond
	file := filepath.Join(t.TempDir(), "servers.conf")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	sets := newNewest()
	synced := make(chan Sync, 10)
	go deliver(ctx, sets, Proxy{File: file, Format: NGINX("127.0.0.1:1")}, interval, func(s Sync) { synced <- s }, func(err error) { t.Error(err) })

	sets.put(set("10.0.0.1:80"))
	first := <-synced
	sets.put(set())
	sets.put(set("10.0.0.2:80"))
	second := <-synced
	if gap := second.AtUnixMs - first.AtUnixMs; gap < 140 || fmt.Sprint(second.Addresses) != "[10.0.0.2:80]" {
		t.Errorf("after %.0f ms: %v", gap, second.Addresses)
	}
	if text, _ := os.ReadFile(file); string(text) != "server 10.0.0.2:80 max_fails=0;\n" {
		t.Errorf("the file says %q", text)
	}
	// A sync that changes nothing is not news, and uses up its turn.
	sets.put(set("10.0.0.2:80"))
	time.Sleep(interval + interval/3)
	sets.put(set("10.0.0.3:80"))
	third := <-synced
	if gap := third.AtUnixMs - second.AtUnixMs; gap < 290 || fmt.Sprint(third.Addresses) != "[10.0.0.3:80]" {
		t.Errorf("after %.0f ms: %v", gap, third.Addresses)
	}
}

func TestTheFirstSetDoesNotWaitForItsTurn(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	sets := newNewest()
	synced := make(chan Sync, 1)
	proxy := Proxy{File: filepath.Join(t.TempDir(), "servers.conf"), Format: NGINX("127.0.0.1:1")}
	// Whoever waits for a turn of an hour does not come while the test still listens, however slow the machine is.
	go deliver(ctx, sets, proxy, time.Hour, func(s Sync) { synced <- s }, func(err error) { t.Error(err) })
	sets.put(set("10.0.0.1:80"))
	select {
	case first := <-synced:
		if fmt.Sprint(first.Addresses) != "[10.0.0.1:80]" {
			t.Errorf("synced %v", first.Addresses)
		}
	case <-time.After(time.Minute):
		t.Error("the first set waited for its turn")
	}
}

func TestASetThatWasNotTakenIsTriedAgain(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	tries := 0
	proxy := Proxy{File: filepath.Join(t.TempDir(), "f"), Format: NGINX("127.0.0.1:1"), Reload: func(context.Context) error {
		tries++
		if tries == 1 {
			return errors.New("not today")
		}
		return nil
	}}
	sets := newNewest()
	synced := make(chan Sync, 1)
	troubles := make(chan error, 2)
	go deliver(ctx, sets, proxy, 0, func(s Sync) { synced <- s }, func(err error) { troubles <- err })
	sets.put(set("10.0.0.1:80"))
	if err := <-troubles; err.Error() != "not today" {
		t.Error(err)
	}
	if took := <-synced; fmt.Sprint(took.Addresses) != "[10.0.0.1:80]" {
		t.Errorf("took %v", took)
	}
}
