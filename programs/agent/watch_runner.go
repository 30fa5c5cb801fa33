package main

import (
	"fmt"
	"os"
	"time"

	"packetwalk.dev/agent/nodestate"
)

// lookEvery is how often an agent asks itself whether its runner still lives, where the limit is not short.
const lookEvery = 5 * time.Second

// runnerDied gives a word once nothing has been heard of the runner for too long; with no limit it never does.
func runnerDied(limit time.Duration) <-chan struct{} {
	if limit <= 0 {
		return nil
	}
	died := make(chan struct{})
	go func() {
		for ; ; time.Sleep(min(lookEvery, limit/4)) {
			silence, err := silence()
			if err != nil {
				// To put a node back in the middle of a run for this would spoil the run.
				fmt.Fprintf(os.Stderr, "packetwalk-agent hold: %v\n", err)
			} else if silence > limit {
				close(died)
				return
			}
		}
	}()
	return died
}

func silence() (time.Duration, error) {
	state, err := nodestate.Open()
	if err != nil {
		return 0, err
	}
	defer state.Close()
	return state.Silence()
}

// leaveNode puts the node back as it was, before its agent ends for whatever reason.
func leaveNode() error {
	state, err := nodestate.Open()
	if err != nil || state == nil {
		return err
	}
	defer state.Close()
	return healNode(state)
}
