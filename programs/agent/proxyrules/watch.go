package proxyrules

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/netfilter"
)

// settle is how long commits are awaited at a time: how soon a Watcher notices that it was closed.
const settle = 100 * time.Millisecond

// Watcher follows the rules by the kernel's own announcements: it lists them only after a change.
type Watcher struct {
	events, lists *netlink.Conn
}

// Watch subscribes to changes of the rules in this network namespace.
func Watch() (*Watcher, error) {
	events, err := netfilter.Dial()
	if err != nil {
		return nil, err
	}
	lists, err := netfilter.Dial()
	if err != nil {
		events.Close()
		return nil, err
	}
	w := &Watcher{events: events, lists: lists}
	if err := events.JoinGroup(unix.NFNLGRP_NFTABLES); err != nil {
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
		if err := w.events.SetReadDeadline(time.Now().Add(settle)); err != nil {
			return time.Time{}, false, err
		}
		events, err := w.events.Receive()
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return time.Time{}, false, nil
		case errors.Is(err, unix.ENOBUFS): // so much changed that announcements were lost
			return time.Now(), true, nil
		case err != nil:
			return time.Time{}, false, fmt.Errorf("cannot follow changes of the nf_tables rules: %w", err)
		}
		for _, event := range events {
			// The generation is announced last: by then the new rules act.
			if event.Header.Type == subsystem|unix.NFT_MSG_NEWGEN {
				return time.Now(), true, nil
			}
		}
	}
}
