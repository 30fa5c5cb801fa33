package dnsupstream

import (
	"errors"
	"math/rand/v2"
	"time"
)

// Faults are what is wrong with the upstream on purpose.
type Faults struct {
	DelayMs float64 `json:"delayMs"` // before every answer
	Loss    float64 `json:"loss"`    // share (0…1) of the queries over UDP that get none
	Seed    uint64  `json:"seed"`    // of which those are
}

const longestDelayMs = 60_000

// Validate tells what is wrong with faults, in one sentence.
func (f Faults) Validate() error {
	if !(f.DelayMs >= 0 && f.DelayMs <= longestDelayMs) {
		return errors.New("delayMs must be from 0 to 60000")
	}
	if !(f.Loss >= 0 && f.Loss <= 1) {
		return errors.New("loss must be from 0 to 1")
	}
	return nil
}

func (f Faults) delay() time.Duration { return time.Duration(f.DelayMs * float64(time.Millisecond)) }

// dice decides which queries are lost: with one seed, always the same ones of a sequence.
type dice struct {
	random *rand.Rand
	loss   float64
}

func newDice(faults Faults) *dice {
	return &dice{random: rand.New(rand.NewPCG(faults.Seed, 0)), loss: faults.Loss}
}

func (d *dice) lose() bool {
	return d.random.Float64() < d.loss
}
