package main

import (
	"flag"
	"time"

	"packetwalk.dev/agent/gate"
)

// runGate opens the gate of the flood that waits in this pod.
func runGate(args []string) error {
	flags := flag.NewFlagSet("gate", flag.ContinueOnError)
	startAtUnixMs := flags.Int64("start-at-unix-ms", 0, "when to start, in ms since 1970")
	waitMs := flags.Int("wait-ms", 5000, "how long to wait for a flood that does not listen yet, in ms")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	if *startAtUnixMs <= 0 {
		return usagef("--start-at-unix-ms is missing")
	}
	return gate.Open(time.UnixMilli(*startAtUnixMs), time.Duration(*waitMs)*time.Millisecond)
}
