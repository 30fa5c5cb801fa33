// Package podwatch tells, on one node, what happens to pods that go away: the signals that their
// processes get and when these end, and from when on the node's rules lead nobody there any more.
package podwatch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/proxyrules"
	"packetwalk.dev/agent/signals"
)

// silence is after how long without an order (they ping) the watch takes its master for dead.
const silence = 30 * time.Second

// watch is a running watch. Its parts work at the same time and meet at the lock.
type watch struct {
	lines *json.Encoder

	lock       sync.Mutex // guards all below, and the lines
	writeError error
	containers map[int]string // by main process
	leads      map[netip.Addr]bool
	changed    chan struct{} // an address was added
}

// Run follows orders, one JSON document a line, until one says to end, the input ends, no order
// comes for a while or the context is done. It writes one Event a line.
func Run(ctx context.Context, input io.Reader, output io.Writer) error {
	w := &watch{
		lines:      json.NewEncoder(output),
		containers: map[int]string{},
		leads:      map[netip.Addr]bool{},
		changed:    make(chan struct{}, 1),
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var parts sync.WaitGroup
	if stop := w.followSignals(&parts); stop != nil {
		defer stop()
	}
	w.followRules(ctx, &parts)
	w.emit(Event{Kind: Started})
	err := w.obey(ctx, input)
	cancel()
	w.emit(Event{Kind: Ended, OwnCPUMs: ownCPUMs()})
	if err == nil {
		err = w.writeError
	}
	return err
}

func (w *watch) obey(ctx context.Context, input io.Reader) error {
	orders := make(chan Order)
	failed := make(chan error, 1)
	go func() {
		decoder := json.NewDecoder(input)
		for {
			var order Order
			if err := decoder.Decode(&order); err != nil {
				failed <- err
				return
			}
			select {
			case orders <- order:
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(silence):
			return fmt.Errorf("no order for %v", silence)
		case err := <-failed:
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("an order is not JSON: %w", err)
		case order := <-orders:
			if order.End {
				return nil
			}
			if err := w.follow(order); err != nil {
				return err
			}
		}
	}
}

func (w *watch) follow(order Order) error {
	switch {
	case order.Ping != 0:
		w.emit(Event{Kind: Pong, Ping: order.Ping})
	case order.Container != "":
		return w.followContainer(order.Container)
	case order.Address != "":
		address, err := netip.ParseAddr(order.Address)
		if err != nil {
			return fmt.Errorf("%q is not an IP address", order.Address)
		}
		w.followAddress(address)
	}
	return nil
}

func (w *watch) followContainer(container string) error {
	found, ok, err := findProcess(container)
	if err != nil {
		return err
	}
	if !ok {
		w.emit(Event{Kind: NoProcess, Container: container})
		return nil
	}
	w.lock.Lock()
	w.containers[found.pid] = container
	w.lock.Unlock()
	w.emit(Event{Kind: Process, Container: container, IgnoresSigterm: &found.ignoresSigterm})
	go func() {
		at, err := found.awaitEnd()
		if err != nil {
			return
		}
		w.emitAt(at, Event{Kind: Exited, Container: container})
		// Word of the signal that ended it may still be in a buffer.
		time.AfterFunc(time.Second, func() {
			w.lock.Lock()
			defer w.lock.Unlock()
			delete(w.containers, found.pid)
		})
	}()
	return nil
}

// followSignals gives what ends it.
func (w *watch) followSignals(parts *sync.WaitGroup) (stop func()) {
	watcher, err := signals.Watch()
	if err != nil {
		w.emit(Event{Kind: Blind, What: blindToSignals, Reason: err.Error()})
		return nil
	}
	parts.Add(1)
	go func() {
		defer parts.Done()
		err := watcher.Run(func(signal signals.Signal) {
			w.lock.Lock()
			container, ours := w.containers[signal.PID]
			w.lock.Unlock()
			if ours {
				w.emitAt(signal.At, Event{Kind: Signalled, Container: container, Signal: nameOf(signal.Number), Ignored: &signal.Ignored})
			}
		}, func(count uint64) {
			w.emit(Event{Kind: Blind, What: blindToSignals, Reason: fmt.Sprintf("%d signals came faster than they could be read", count)})
		})
		if err != nil {
			w.emit(Event{Kind: Blind, What: blindToSignals, Reason: err.Error()})
		}
	}()
	return func() {
		watcher.Stop()
		parts.Wait()
	}
}

func nameOf(number unix.Signal) string {
	if name := unix.SignalName(number); name != "" {
		return name
	}
	return fmt.Sprintf("signal %d", int(number))
}

func (w *watch) followAddress(address netip.Addr) {
	w.lock.Lock()
	if _, known := w.leads[address]; !known {
		w.leads[address] = false
	}
	w.lock.Unlock()
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// followRules lists the rules when they change, or when there is a new address to look for.
func (w *watch) followRules(ctx context.Context, parts *sync.WaitGroup) {
	rules, err := proxyrules.Watch()
	if err != nil {
		w.emit(Event{Kind: Blind, What: blindToRules, Reason: err.Error()})
		return
	}
	parts.Add(1)
	go func() {
		defer parts.Done()
		defer rules.Close()
		for ctx.Err() == nil {
			at, changed, err := rules.Changed()
			select {
			case <-w.changed:
				at, changed = time.Now(), true
			default:
			}
			if err == nil && changed && w.watchesAddresses() {
				err = w.compare(rules, at)
			}
			if err != nil {
				w.emit(Event{Kind: Blind, What: blindToRules, Reason: err.Error()})
				return
			}
		}
	}()
}

func (w *watch) watchesAddresses() bool {
	w.lock.Lock()
	defer w.lock.Unlock()
	return len(w.leads) > 0
}

func (w *watch) compare(rules *proxyrules.Watcher, at time.Time) error {
	now, err := rules.Destinations()
	if err != nil {
		return err
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	for address, led := range w.leads {
		if now[address] == led {
			continue
		}
		w.leads[address] = !led
		kind := Gone
		if now[address] {
			kind = Led
		}
		w.write(at, Event{Kind: kind, Address: address.String()})
	}
	return nil
}

func (w *watch) emit(event Event) { w.emitAt(time.Now(), event) }

func (w *watch) emitAt(at time.Time, event Event) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.write(at, event)
}

func (w *watch) write(at time.Time, event Event) {
	event.AtUnixMs = float64(at.UnixMicro()) / 1000
	if err := w.lines.Encode(event); err != nil && w.writeError == nil {
		w.writeError = fmt.Errorf("cannot write an event: %w", err)
	}
}

func ownCPUMs() *float64 {
	var usage unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &usage) != nil {
		return nil
	}
	ms := float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e6
	return &ms
}
