package main

import (
	"flag"
	"strings"

	"packetwalk.dev/agent/listeners"
)

// runListeners prints the listen queues of the agent's network namespace, which is the node's, and
// of pods.
func runListeners(args []string) error {
	flags := flag.NewFlagSet("listeners", flag.ContinueOnError)
	pods := flags.String("pods", "", "UIDs of pods of this node, separated by commas")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	var uids []string
	if *pods != "" {
		uids = strings.Split(*pods, ",")
	}
	queues, err := listeners.Read(uids)
	if err != nil {
		return err
	}
	return printJSON(queues)
}
