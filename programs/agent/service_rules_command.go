package main

import (
	"flag"

	"packetwalk.dev/agent/proxycost"
	"packetwalk.dev/agent/proxyrules"
)

// runServiceRules prints which of kube-proxy's rules a new connection to a Service meets on this node.
func runServiceRules(args []string) error {
	if err := parseFlags(flag.NewFlagSet("service-rules", flag.ContinueOnError), args); err != nil {
		return err
	}
	census, err := proxyrules.Count()
	if err != nil {
		return err
	}
	return printJSON(census)
}

// runProxyCost prints what the node's kube-proxy uses, what it tells of its syncs, and the kernel's softirq time.
func runProxyCost(args []string) error {
	if err := parseFlags(flag.NewFlagSet("proxy-cost", flag.ContinueOnError), args); err != nil {
		return err
	}
	return printJSON(proxycost.Read())
}
