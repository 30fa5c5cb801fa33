package main

import (
	"flag"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// runHold does nothing until SIGTERM or SIGINT comes or its time is up. It is the main process of
// the node agent's pod; everything else is run in that pod by exec.
func runHold(args []string) error {
	flags := flag.NewFlagSet("hold", flag.ContinueOnError)
	maxSeconds := flags.Float64("max-s", 0, "longest time to stay in seconds, 0 for no limit")
	if err := parseFlags(flags, args); err != nil {
		return err
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
	for {
		select {
		case <-stop:
			return nil
		case <-timeUp:
			return nil
		case <-children:
			reapZombies()
		}
	}
}
