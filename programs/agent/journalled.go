package main

import "packetwalk.dev/agent/nodestate"

// journalled makes a change that the agent's own journal has before it is made.
func journalled(change nodestate.Change, make func() error) error {
	return nodestate.With(func(state *nodestate.State) error {
		if err := state.Record(change); err != nil {
			return err
		}
		return make()
	})
}

// settling undoes a change, which leaves the agent's own journal after that.
func settling(change nodestate.Change, undo func() error) error {
	return nodestate.With(func(state *nodestate.State) error {
		if err := undo(); err != nil {
			return err
		}
		return state.Settle(change)
	})
}
