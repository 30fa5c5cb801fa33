package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"os"
	"syscall"
	"time"
)

const (
	leadBegun = "leading"
	leadStop  = "stop"
	leadEnded = "stopped"
)

// runLead is run in a worker's container with the runner at its stdin. As long as lines come it does nothing; at
// the line "stop", the end of stdin, or a silence it has the load end early. So does a load whose runner was killed.
func runLead(args []string) error {
	flags := flag.NewFlagSet("lead", flag.ContinueOnError)
	pid := flags.Int("pid", 1, "the process to stop; by default the container's own")
	silentS := flags.Float64("silent-s", 5, "how long no line may come, in s: that its runner has died, an exec over the API may never tell")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	silence := time.Duration(*silentS * float64(time.Second))
	if *pid <= 0 || silence <= 0 {
		return usagef("--pid and --silent-s must be positive")
	}
	fmt.Println(leadBegun, time.Now().UnixMilli()) // by which the runner knows the clock that the load goes by
	awaitStop(silence)
	if err := syscall.Kill(*pid, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("the load can't be stopped: %w", err)
	}
	fmt.Println(leadEnded)
	return nil
}

func awaitStop(silence time.Duration) {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for input := bufio.NewScanner(os.Stdin); input.Scan(); {
			lines <- input.Text()
		}
	}()
	for {
		select {
		case line, isLine := <-lines:
			if !isLine || line == leadStop {
				return
			}
		case <-time.After(silence):
			return
		}
	}
}
