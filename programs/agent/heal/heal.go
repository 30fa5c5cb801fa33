// Package heal puts a node back as it was before its agent changed it, from the agent's own journal.
package heal

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"packetwalk.dev/agent/conntrack"
	"packetwalk.dev/agent/localaddress"
	"packetwalk.dev/agent/nodestate"
	"packetwalk.dev/agent/podpath"
	"packetwalk.dev/agent/sysctl"
)

// Outcome says in words what became of each change that was open.
type Outcome struct {
	PutBack []string `json:"putBack"`
	Left    []string `json:"left"`   // changed by somebody else since, and theirs now
	Failed  []string `json:"failed"` // stays in the journal
}

// rank has entries go before settings: a table that holds more than its restored limit drops what is new.
var rank = map[string]int{nodestate.Entries: 0, nodestate.Address: 1, nodestate.Sysctl: 2, nodestate.PodPath: 3}

// Node undoes all open changes, though some can't be.
func Node(state *nodestate.State) (Outcome, error) {
	outcome := Outcome{PutBack: []string{}, Left: []string{}, Failed: []string{}}
	open, err := state.Unsettled()
	if err != nil {
		return outcome, err
	}
	// A crash may have come between a change's undoing and its settling: undoing it once more does no harm.
	for wanted := range len(rank) {
		for _, change := range open {
			if rank[change.Kind] != wanted {
				continue
			}
			left, err := undo(change)
			if err == nil {
				err = state.Settle(change)
			}
			switch {
			case err != nil:
				outcome.Failed = append(outcome.Failed, err.Error())
			case left != "":
				outcome.Left = append(outcome.Left, left)
			default:
				outcome.PutBack = append(outcome.PutBack, named(change))
			}
		}
	}
	return outcome, nil
}

func named(change nodestate.Change) string {
	switch change.Kind {
	case nodestate.Sysctl:
		return fmt.Sprintf("%s = %s", change.Key, *change.Before)
	case nodestate.Address:
		return "without address " + change.Address
	case nodestate.PodPath:
		return "the path to other nodes' pods as it was"
	default:
		return "without our entries in the connection table"
	}
}

// undo gives a sentence where the change is left as it is.
func undo(change nodestate.Change) (left string, err error) {
	switch change.Kind {
	case nodestate.Sysctl:
		return undoSysctl(change)
	case nodestate.Address:
		address, err := netip.ParseAddr(change.Address)
		if err != nil {
			return "", err
		}
		return "", localaddress.Remove(address)
	case nodestate.PodPath:
		return undoPodPath(change)
	case nodestate.Entries:
		_, err := conntrack.Flush(conntrack.Which{Mark: &change.Mark})
		return "", err
	}
	return "", fmt.Errorf("a change of an unknown kind, %q", change.Kind)
}

func undoPodPath(change nodestate.Change) (string, error) {
	if change.Before == nil {
		return "", errors.New("the journal does not say what the path to other nodes' pods was")
	}
	left, err := podpath.UndoText(*change.Before)
	return strings.Join(left, "; "), err
}

func undoSysctl(change nodestate.Change) (string, error) {
	if change.Before == nil || change.Wrote == nil {
		return "", fmt.Errorf("the journal does not say what %s was", change.Key)
	}
	now, err := one(sysctl.Request{Key: change.Key, In: change.In})
	if err != nil {
		return "", err
	}
	// Nodes that share a kernel (the lab's) share some settings: the first of them may have put this one back.
	if sysctl.Same(now, *change.Before) {
		return "", nil
	}
	if !sysctl.Same(now, *change.Wrote) {
		return fmt.Sprintf("%s is %s by now, which is not what the run had set (%s): left as it is", change.Key, now, *change.Wrote), nil
	}
	_, err = one(sysctl.Request{Key: change.Key, In: change.In, Set: change.Before})
	return "", err
}

// one gives the value after the request.
func one(request sysctl.Request) (string, error) {
	answers, err := sysctl.Apply([]sysctl.Request{request})
	if err != nil {
		return "", err
	}
	if problem := answers[0].Error; problem != nil {
		return "", errors.New(*problem)
	}
	return *answers[0].Got, nil
}
