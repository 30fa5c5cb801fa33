package main

import (
	"flag"
	"net/netip"

	"packetwalk.dev/agent/localaddress"
	"packetwalk.dev/agent/nodestate"
)

// runAddress gives the node's network namespace an address of its own, or takes it back.
func runAddress(args []string) error {
	changes := map[string]func(netip.Addr) error{"add": localaddress.Add, "remove": localaddress.Remove}
	if len(args) == 0 || changes[args[0]] == nil {
		return usagef("say which of add and remove to do")
	}
	flags := flag.NewFlagSet("address "+args[0], flag.ContinueOnError)
	text := flags.String("address", "", "an IPv4 address")
	if err := parseFlags(flags, args[1:]); err != nil {
		return err
	}
	address, err := netip.ParseAddr(*text)
	if err != nil || !address.Is4() {
		return usagef("--address: %q is not an IPv4 address", *text)
	}
	note := map[string]func(nodestate.Change, func() error) error{"add": journalled, "remove": settling}[args[0]]
	change := nodestate.Change{Kind: nodestate.Address, Address: address.String()}
	return note(change, func() error { return changes[args[0]](address) })
}
