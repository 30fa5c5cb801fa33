package main

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"syscall"

	"packetwalk.dev/agent/podwatch"
)

// runPodwatch follows orders on stdin and prints what happens to the named containers and
// addresses as NDJSON.
func runPodwatch(args []string) error {
	if err := parseFlags(flag.NewFlagSet("podwatch", flag.ContinueOnError), args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	return podwatch.Run(ctx, os.Stdin, os.Stdout)
}

// runKill ends a container's main process as a crash would.
func runKill(args []string) error {
	flags := flag.NewFlagSet("kill", flag.ContinueOnError)
	container := flags.String("container", "", "id of the container, as its pod's status has it")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	// Shorter names could be found in other processes' cgroups.
	if len(*container) < 32 {
		return usagef("--container must be a container's full id")
	}
	return podwatch.Kill(*container)
}
