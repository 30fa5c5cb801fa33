package podpath

import (
	"encoding/json"

	"packetwalk.dev/agent/nodestate"
)

// SetJournalled is Set with the agent's own journal: what is about to be changed is in it before.
func SetJournalled(spec Spec, before Before) error {
	return nodestate.With(func(state *nodestate.State) error {
		change, err := changeOf(before)
		if err != nil {
			return err
		}
		if err := state.Record(change); err != nil {
			return err
		}
		return Set(spec, before)
	})
}

// UndoJournalled is Undo; what is put back leaves the agent's own journal after that.
func UndoJournalled(before Before) (left []string, err error) {
	err = nodestate.With(func(state *nodestate.State) error {
		if left, err = Undo(before); err != nil {
			return err
		}
		change, err := changeOf(before)
		if err != nil {
			return err
		}
		return state.Settle(change)
	})
	return left, err
}

// UndoText undoes what the agent's journal has.
func UndoText(text string) (left []string, err error) {
	var before Before
	if err := json.Unmarshal([]byte(text), &before); err != nil {
		return nil, err
	}
	return Undo(before)
}

func changeOf(before Before) (nodestate.Change, error) {
	text, err := json.Marshal(before)
	document := string(text)
	return nodestate.Change{Kind: nodestate.PodPath, Before: &document}, err
}
