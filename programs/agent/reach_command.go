package main

import (
	"context"
	"flag"
	"time"

	"packetwalk.dev/agent/reach"
)

// runReach connects from this node until connections end as they are waited for, and prints when that was.
func runReach(args []string) error {
	flags := flag.NewFlagSet("reach", flag.ContinueOnError)
	address := flags.String("address", "", "IP:port")
	until := flags.String("until", string(reach.Open), "open or refused")
	everyMs := flags.Int("every-ms", 5, "between attempts")
	timeoutMs := flags.Int("timeout-ms", 30_000, "of the whole")
	steady := flags.Int("steady", 3, "attempts in a row that have to end so")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	wanted := reach.Outcome(*until)
	if *address == "" || (wanted != reach.Open && wanted != reach.Refused) || *everyMs < 1 || *timeoutMs < 1 || *steady < 1 {
		return usagef("it takes --address IP:port, --until open or refused, and positive numbers")
	}
	report, err := reach.Await(context.Background(), reach.Wanted{
		Address: *address,
		Until:   wanted,
		Every:   time.Duration(*everyMs) * time.Millisecond,
		Timeout: time.Duration(*timeoutMs) * time.Millisecond,
		Steady:  *steady,
	})
	if err != nil {
		return err
	}
	return printJSON(report)
}
