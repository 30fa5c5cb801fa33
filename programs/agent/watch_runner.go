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

func silence() (silence time.Duration, err error) {
	err = nodestate.With(func(state *nodestate.State) error {
		silence, err = state.Silence()
		return err
	})
	return silence, err
}

// leaveNode puts the node back as it was, before its agent ends for whatever reason.
func leaveNode() error {
	return nodestate.With(func(state *nodestate.State) error {
		if state == nil {
			return nil
		}
		return healNode(state)
	})
}
