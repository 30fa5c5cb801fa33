package main

import (
	"flag"
	"os"
	"os/signal"
	"syscall"
)

// runPause is a pod sandbox's process: it keeps the pod's namespaces alive, collects orphans as
// their PID 1, and leaves at once on SIGTERM or SIGINT.
func runPause(args []string) error {
	if err := parseFlags(flag.NewFlagSet("pause", flag.ContinueOnError), args); err != nil {
		return err
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGCHLD)
	for received := range signals {
		if received != syscall.SIGCHLD {
			return nil
		}
		reapZombies()
	}
	return nil
}

// reapZombies collects every child that has ended, since one SIGCHLD can stand for several.
func reapZombies() {
	for {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if pid <= 0 {
			return
		}
	}
}
