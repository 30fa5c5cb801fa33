package flood

import (
	"math"
	"math/rand/v2"
	"time"
)

// arrivals gives the scheduled instants of all requests, in order.
//
// A schedule with rate r(t) has its k-th arrival where the integral of r reaches the k-th step:
// steps of 1 make an even schedule, exponentially distributed ones a Poisson process (by the time
// change theorem, also where the rate moves).
type arrivals struct {
	stages []Stage
	random *rand.Rand
	even   bool
	next   float64 // value of the integral at the next arrival
	passed float64 // value of the integral at the start of stages[0]
	start  float64 // of stages[0], in seconds
}

// newArrivals starts an even schedule at a random phase, so that workers which share a rate do not
// all send at the same instants.
func newArrivals(p plan) *arrivals {
	a := &arrivals{
		stages: p.stages,
		random: rand.New(rand.NewPCG(p.seed, uint64(p.worker))),
		even:   p.arrivals == Constant,
	}
	if a.even {
		a.next = a.random.Float64()
	} else {
		a.next = a.random.ExpFloat64()
	}
	return a
}

// take gives the next instant, counted from the start of the load; false means there is none.
func (a *arrivals) take() (time.Duration, bool) {
	for len(a.stages) > 0 {
		stage := a.stages[0]
		seconds := float64(stage.DurationMs) / 1000
		within := (stage.FromPerSecond + stage.ToPerSecond) / 2 * seconds
		if a.next < a.passed+within {
			at := a.start + timeUntil(a.next-a.passed, stage, seconds)
			if a.even {
				a.next++
			} else {
				a.next += a.random.ExpFloat64()
			}
			return time.Duration(at * float64(time.Second)), true
		}
		a.passed += within
		a.start += seconds
		a.stages = a.stages[1:]
	}
	return 0, false
}

// timeUntil solves from·t + (to−from)·t²/(2·seconds) = arrivals for t, in the form that is
// numerically sound for slopes near zero too.
func timeUntil(arrivals float64, stage Stage, seconds float64) float64 {
	slope := (stage.ToPerSecond - stage.FromPerSecond) / seconds
	root := math.Sqrt(math.Max(stage.FromPerSecond*stage.FromPerSecond+2*slope*arrivals, 0))
	denominator := stage.FromPerSecond + root
	if denominator == 0 {
		return 0
	}
	return math.Min(2*arrivals/denominator, seconds)
}
