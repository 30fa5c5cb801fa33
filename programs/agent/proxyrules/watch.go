package proxyrules

import (
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/netfilter"
)

// settle is how long commits are awaited at a time: how soon a Watcher notices that it was closed.
const settle = 100 * time.Millisecond

// Watcher follows the rules by the kernel's own announcements: it lists them only after a change.
type Watcher struct {
	events, lists *netfilter.Socket
}

// Watch subscribes to changes of the rules in this network namespace.
func Watch() (*Watcher, error) {
	events, err := netfilter.Open()
	if err != nil {
		return nil, err
	}
	lists, err := netfilter.Open()
	if err != nil {
		events.Close()
		return nil, err
	}
	w := &Watcher{events: events, lists: lists}
	if err = events.SetReceiveTimeout(settle); err == nil {
		err = events.Join(unix.NFNLGRP_NFTABLES)
	}
	if err != nil {
		w.Close()
		return nil, fmt.Errorf("cannot follow changes of the nf_tables rules: %w", err)
	}
	return w, nil
}

// Close ends the watch.
func (w *Watcher) Close() {
	w.events.Close()
	w.lists.Close()
}

// Destinations lists the addresses to which the rules lead now.
func (w *Watcher) Destinations() (map[netip.Addr]bool, error) { return Destinations(w.lists) }

// Changed waits a moment for a change. It gives the instant at which word of one came.
func (w *Watcher) Changed() (at time.Time, changed bool, err error) {
	for {
		_, err := w.events.Receive(0, func(received netfilter.Received) {
			// The generation is announced last: by then the new rules act.
			changed = changed || received.Kind == subsystem|unix.NFT_MSG_NEWGEN
		}, func(unix.Errno) {})
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			return time.Time{}, false, nil
		case err == unix.ENOBUFS: // so much changed that announcements were lost
			return time.Now(), true, nil
		case err != nil:
			return time.Time{}, false, fmt.Errorf("cannot follow changes of the nf_tables rules: %w", err)
		case changed:
			return time.Now(), true, nil
		}
	}
}
