package chain

import (
	"errors"

	"packetwalk.dev/agent/openload"
)

// Spec is which requests to send through a chain, as JSON; rates are in requests per second.
type Spec struct {
	openload.Spec
	Resolver string `json:"resolver"` // what the helper is linked with, for the report
	Helper   string `json:"helper"`   // path of the program (programs/lookup)
	// Names are those of the hops, with {n} for their numbers from 1, e.g. hop-{n}.shop.test.
	Names string `json:"names"`
	Depth int    `json:"depth"`
	Port  int    `json:"port"` // default 80
}

const defaultPort = 80

// Validate tells what is wrong with a spec, in one sentence.
func (s Spec) Validate() error {
	if err := s.Spec.Validate(); err != nil {
		return err
	}
	if s.Helper == "" {
		return errors.New("helper is missing")
	}
	return s.route().validate()
}

func (s Spec) route() route {
	port := s.Port
	if port == 0 {
		port = defaultPort
	}
	return route{names: s.Names, depth: s.Depth, port: port}
}
