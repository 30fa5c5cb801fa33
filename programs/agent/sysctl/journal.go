package sysctl

import "packetwalk.dev/agent/nodestate"

// ApplyJournalled is Apply with the agent's own journal: what is about to be changed is in it before, and what is put back
// leaves it after.
func ApplyJournalled(requests []Request) ([]Answer, error) {
	state, err := nodestate.Open()
	if err != nil {
		return nil, err
	}
	defer state.Close()
	var made []nodestate.Change
	for _, request := range requests {
		if request.Before != nil && request.Set != nil {
			made = append(made, nodestate.Change{
				Kind: nodestate.Sysctl, Key: request.Key, In: request.In, Before: request.Before, Wrote: request.Set,
			})
		}
	}
	if err := state.Record(made...); err != nil {
		return nil, err
	}
	answers, err := Apply(requests)
	if err != nil {
		return nil, err
	}
	var settled []nodestate.Change
	for i, request := range requests {
		if request.Settled && answers[i].Error == nil {
			settled = append(settled, nodestate.Change{Kind: nodestate.Sysctl, Key: request.Key, In: request.In})
		}
	}
	return answers, state.Settle(settled...)
}
