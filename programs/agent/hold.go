package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"packetwalk.dev/agent/nodestate"
)

// runHold does nothing until SIGTERM or SIGINT comes, its time is up, or nothing has been heard of the runner for too long.
// It is the main process of the node agent's pod; everything else is run in that pod by exec. Whatever that has changed on the
// node is put back before the end.
func runHold(args []string) error {
	flags := flag.NewFlagSet("hold", flag.ContinueOnError)
	maxSeconds := flags.Float64("max-s", 0, "longest time to stay in seconds, 0 for no limit")
	silentSeconds := flags.Float64("silent-s", 0, "longest silence of the runner in seconds, 0 for no limit")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	if *silentSeconds < 0 {
		return usagef("--silent-s must not be negative")
	}
	if *silentSeconds > 0 && os.Getenv(nodestate.FolderVariable) == "" {
		return usagef("--silent-s needs %s, the folder of the agent's own journal", nodestate.FolderVariable)
	}
	if *maxSeconds < 0 {
		return usagef("--max-s must not be negative")
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	var timeUp <-chan time.Time
	if *maxSeconds > 0 {
		timeUp = time.After(time.Duration(*maxSeconds * float64(time.Second)))
	}
	died := runnerDied(time.Duration(*silentSeconds * float64(time.Second)))
	for {
		select {
		case <-stop:
			return leaveNode()
		case <-timeUp:
			return leaveNode()
		case <-died:
			fmt.Printf("the runner has been silent for %g s: its changes on this node are put back\n", *silentSeconds)
			return leaveNode()
		case <-children:
			reapZombies()
		}
	}
}
