package main

import (
	"flag"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"packetwalk.dev/agent/conntrack"
	"packetwalk.dev/agent/nodestate"
)

// conntrackCommands maps conntrack's subcommands to their functions.
var conntrackCommands = map[string]func(args []string) error{
	"count":   runConntrackCount,
	"flush":   runConntrackFlush,
	"prefill": runConntrackPrefill,
}

// runConntrack works on the connection tracking table of the agent's network namespace.
func runConntrack(args []string) error {
	if len(args) > 0 {
		if command, known := conntrackCommands[args[0]]; known {
			return command(args[1:])
		}
	}
	return usagef("say which of count, flush and prefill to do")
}

func runConntrackCount(args []string) error {
	if err := parseFlags(flag.NewFlagSet("conntrack count", flag.ContinueOnError), args); err != nil {
		return err
	}
	occupancy, err := conntrack.Count()
	if err != nil {
		return err
	}
	return printJSON(occupancy)
}

func runConntrackPrefill(args []string) error {
	flags := flag.NewFlagSet("conntrack prefill", flag.ContinueOnError)
	count := flags.Int("count", 0, "entries to add")
	timeoutSeconds := flags.Int("timeout-s", 0, "how long they live, in seconds")
	state := flags.String("state", string(conntrack.TimeWait), "time-wait or established")
	mark := flags.String("mark", "", "32-bit mark of the entries, by which to flush them again")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	markValue, err := parseMark(*mark)
	switch {
	case err != nil:
		return err
	case *count <= 0:
		return usagef("--count must be positive")
	case *timeoutSeconds <= 0:
		return usagef("--timeout-s must be positive")
	case !conntrack.State(*state).Known():
		return usagef("--state is time-wait or established, not %q", *state)
	}
	return journalled(nodestate.Change{Kind: nodestate.Entries, Mark: markValue}, func() error {
		filled, err := conntrack.Prefill(conntrack.Entries{
			Count:   *count,
			Timeout: time.Duration(*timeoutSeconds) * time.Second,
			State:   conntrack.State(*state),
			Mark:    markValue,
		})
		if err != nil {
			return err
		}
		return printJSON(filled)
	})
}

func runConntrackFlush(args []string) error {
	flags := flag.NewFlagSet("conntrack flush", flag.ContinueOnError)
	mark := flags.String("mark", "", "remove the entries with this mark")
	destinations := flags.String("dst", "", "remove the entries of connections to these addresses, separated by commas")
	sources := flags.String("src", "", "remove the entries of connections that these addresses opened, separated by commas")
	afterMs := flags.Int("after-ms", 0, "wait so long first: ordered beforehand, the flush needs no way to a node whose table is full")
	untilTold := flags.Bool("until-told", false, "wait no longer than until anything comes on stdin, or it closes")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	var which conntrack.Which
	if *mark != "" {
		value, err := parseMark(*mark)
		if err != nil {
			return err
		}
		which.Mark = &value
	}
	var err error
	if which.Addresses, err = addressList("--dst", *destinations); err != nil {
		return err
	}
	if which.Sources, err = addressList("--src", *sources); err != nil {
		return err
	}
	if which.Mark == nil && which.Addresses == nil && which.Sources == nil {
		return usagef("say what to remove with --mark, --dst or --src")
	}
	wait(time.Duration(*afterMs)*time.Millisecond, *untilTold)
	flush := func() error {
		flushed, err := conntrack.Flush(which)
		if err != nil {
			return err
		}
		return printJSON(flushed)
	}
	if which.Mark == nil {
		return flush()
	}
	return settling(nodestate.Change{Kind: nodestate.Entries, Mark: *which.Mark}, flush)
}

// addressList takes IP addresses separated by commas; none where there is no text.
func addressList(flagName, list string) (addresses []netip.Addr, err error) {
	if list == "" {
		return nil, nil
	}
	for _, text := range strings.Split(list, ",") {
		address, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			return nil, usagef("%s: %q is not an IP address", flagName, text)
		}
		addresses = append(addresses, address)
	}
	return addresses, nil
}

// wait returns after a time or, if it is to listen for it, a word on stdin.
func wait(atMost time.Duration, untilTold bool) {
	var word <-chan struct{}
	if untilTold {
		word = told()
	}
	select {
	case <-time.After(atMost):
	case <-word:
	}
}

// parseMark takes a mark in decimal or as 0x…; zero is what everybody else's entries have.
func parseMark(text string) (uint32, error) {
	mark, err := strconv.ParseUint(text, 0, 32)
	if err != nil || mark == 0 {
		return 0, usagef("--mark must be a number from 1 to 0xffffffff")
	}
	return uint32(mark), nil
}
