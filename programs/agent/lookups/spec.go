// Package lookups looks names up at scheduled instants with the real resolver of a libc: an open
// model, in which slow answers do not slow the look-ups down.
package lookups

import (
	"errors"
	"fmt"
	"strings"

	"packetwalk.dev/agent/openload"
)

// Spec is what to look up and when, as JSON; rates are in look-ups per second. A look-up that meets
// the timeout goes on, and stays under way, until the resolver ends it.
type Spec struct {
	openload.Spec
	Resolver string `json:"resolver"` // what the helper is linked with, for the report: glibc or musl
	Helper   string `json:"helper"`   // path of the program (programs/lookup)
	Names    []Name `json:"names"`    // in turn
}

// Name is something to look up.
type Name struct {
	Kind string `json:"kind"` // what it stands for, e.g. external
	// Name may hold {n}, for a part that no two look-ups of a run share, so that no cache knows the name.
	Name string `json:"name"`
	// Wanted is how a look-up of it ends well, where that is not OK: that a name does not exist can be
	// what there is to learn. The load's own counts go by it; the name's tell what happened.
	Wanted Outcome `json:"wanted,omitempty"`
}

// judged is how a look-up ended for whoever wanted that.
func (n Name) judged(how Outcome) Outcome {
	switch {
	case n.Wanted == "":
		return how
	case how == n.Wanted:
		return OK
	case how == OK:
		return Failed
	}
	return how
}

const uniqueHere = "{n}"

// of gives the name that one look-up of a worker asks for.
func (n Name) of(worker, number int) string {
	return strings.ReplaceAll(n.Name, uniqueHere, fmt.Sprintf("%d-%d", worker, number))
}

// Validate tells what is wrong with a spec, in one sentence.
func (s Spec) Validate() error {
	if err := s.Spec.Validate(); err != nil {
		return err
	}
	if s.Helper == "" {
		return errors.New("helper is missing")
	}
	if len(s.Names) == 0 {
		return errors.New("names is empty")
	}
	for _, each := range s.Names {
		if err := each.validate(); err != nil {
			return err
		}
	}
	return nil
}

func (n Name) validate() error {
	const longest = 255 // RFC 1035, 2.3.4
	if n.Name == "" || len(n.Name) > longest || strings.ContainsAny(n.Name, " \t\r\n") {
		return fmt.Errorf("%q is not a name to look up", n.Name)
	}
	return nil
}
