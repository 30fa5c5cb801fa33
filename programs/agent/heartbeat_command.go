package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"time"

	"packetwalk.dev/agent/nodestate"
)

// longestPause is how long heartbeat waits for a line: that its runner has died, an exec over the API may never tell.
const longestPause = time.Minute

// runHeartbeat notes for each line on stdin that the runner lives, and answers "ok" to it. It fails where the agent has
// given its runner up already.
func runHeartbeat(args []string) error {
	if err := parseFlags(flag.NewFlagSet("heartbeat", flag.ContinueOnError), args); err != nil {
		return err
	}
	lines := make(chan struct{})
	go func() {
		defer close(lines)
		for input := bufio.NewScanner(os.Stdin); input.Scan(); {
			lines <- struct{}{}
		}
	}()
	for {
		select {
		case _, isLine := <-lines:
			if !isLine {
				return nil
			}
			if err := nodestate.With((*nodestate.State).Beat); err != nil {
				return err
			}
			fmt.Println("ok")
		case <-time.After(longestPause):
			return nil
		}
	}
}
