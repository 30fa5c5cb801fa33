package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"packetwalk.dev/agent/sysctl"
)

// runSysctl answers a JSON array of requests on stdin with a JSON array of answers, in order.
func runSysctl(args []string) error {
	if err := parseFlags(flag.NewFlagSet("sysctl", flag.ContinueOnError), args); err != nil {
		return err
	}
	var requests []sysctl.Request
	input := json.NewDecoder(os.Stdin)
	input.DisallowUnknownFields()
	if err := input.Decode(&requests); err != nil {
		return fmt.Errorf("stdin is not a JSON array of sysctl requests: %w", err)
	}
	answers, err := sysctl.ApplyJournalled(requests)
	if err != nil {
		return err
	}
	return printJSON(answers)
}
