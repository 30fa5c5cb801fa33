package main

import (
	"flag"
	"os"

	"packetwalk.dev/agent/machine"
)

// runMachine prints the network devices of the agent's network namespace, which is the node's, and
// the search list of the node's resolv.conf.
func runMachine(args []string) error {
	if err := parseFlags(flag.NewFlagSet("machine", flag.ContinueOnError), args); err != nil {
		return err
	}
	devices, err := machine.Devices()
	if err != nil {
		return err
	}
	report := struct {
		Devices []machine.Device `json:"devices"`
		Search  []string         `json:"search"` // nil where it can't be read
	}{Devices: devices}
	if text, err := os.ReadFile("/etc/resolv.conf"); err == nil {
		report.Search = machine.Search(string(text))
	}
	return printJSON(report)
}
