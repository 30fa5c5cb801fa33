package main

import (
	"flag"
	"fmt"

	"packetwalk.dev/agent/heal"
	"packetwalk.dev/agent/nodestate"
)

// runHeal puts the node back from the agent's own journal, and tells what became of it.
func runHeal(args []string) error {
	if err := parseFlags(flag.NewFlagSet("heal", flag.ContinueOnError), args); err != nil {
		return err
	}
	return nodestate.With(healNode)
}

// healNode ends the agent's work on its node: from now on it changes nothing.
func healNode(state *nodestate.State) error {
	outcome, err := heal.Node(state)
	if err != nil {
		return err
	}
	if err := state.MarkHealed(); err != nil {
		return err
	}
	if err := printJSON(outcome); err != nil {
		return err
	}
	if len(outcome.Failed) > 0 {
		return fmt.Errorf("%d changes could not be put back: %s", len(outcome.Failed), outcome.Failed[0])
	}
	return nil
}
