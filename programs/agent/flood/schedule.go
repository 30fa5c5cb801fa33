package flood

import (
	"fmt"
	"iter"
	"time"
)

// Schedule is when the requests of a load that is driven by other means begin.
type Schedule struct {
	Worker   int      `json:"worker"`
	Stages   []Stage  `json:"stages"`
	Arrivals Arrivals `json:"arrivals"` // default constant
	Seed     uint64   `json:"seed"`
}

// Validate tells what is wrong with it, in one sentence.
func (s Schedule) Validate() error {
	if how := s.arrivals(); how != Constant && how != Poisson {
		return fmt.Errorf("arrivals is %s or %s, not %q", Constant, Poisson, how)
	}
	return Spec{Stages: s.Stages}.checkStages()
}

// Duration is how long requests are scheduled for.
func (s Schedule) Duration() time.Duration { return total(s.Stages) }

// Instants gives the requests' instants, in order and counted from the start of the load.
func (s Schedule) Instants() iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		coming := newArrivals(plan{worker: s.Worker, stages: s.Stages, arrivals: s.arrivals(), seed: s.Seed})
		for at, more := coming.take(); more; at, more = coming.take() {
			if !yield(at) {
				return
			}
		}
	}
}

func (s Schedule) arrivals() Arrivals {
	return Arrivals(orDefault(string(s.Arrivals), string(Constant)))
}
