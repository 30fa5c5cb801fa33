package main

import (
	"flag"
	"time"

	"packetwalk.dev/agent/gate"
)

// runGate opens the gate of the generator that waits in this pod, or only waits until one is there.
func runGate(args []string) error {
	flags := flag.NewFlagSet("gate", flag.ContinueOnError)
	startAtUnixMs := flags.Int64("start-at-unix-ms", 0, "when to start, in ms since 1970")
	check := flags.Bool("check", false, "open nothing: return when a generator waits at the gate")
	waitMs := flags.Int("wait-ms", 5000, "how long to wait for a generator that does not listen yet, in ms")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	patience := time.Duration(*waitMs) * time.Millisecond
	if *check {
		return gate.Await(patience)
	}
	if *startAtUnixMs <= 0 {
		return usagef("--start-at-unix-ms or --check is missing")
	}
	return gate.Open(time.UnixMilli(*startAtUnixMs), patience)
}
