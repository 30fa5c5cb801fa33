package lookups

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// Counting is who looks names up as they are asked for, one after another: with nothing else under
// way, what servers count meanwhile is due to one of them.
type Counting struct {
	Resolver string
	Helper   string
}

// Question is a name to look up so many times. A line of it as JSON asks; an empty one is the last.
type Question struct {
	Name
	Times int `json:"times"`
}

// Answer carries questions out as they come and tells how the look-ups of each ended, before the next is read.
func (c Counting) Answer(questions io.Reader, tell func(Found) error) error {
	lines := bufio.NewScanner(questions)
	for lines.Scan() {
		if lines.Text() == "" {
			return nil
		}
		var question Question
		if err := json.Unmarshal(lines.Bytes(), &question); err != nil {
			return fmt.Errorf("the question %q: %w", lines.Text(), err)
		}
		found, err := c.count(question)
		if err != nil {
			return err
		}
		if err := tell(found); err != nil {
			return err
		}
	}
	return lines.Err()
}

// count has a helper of its own, so that nothing is left in the resolver of what it was asked before.
func (c Counting) count(question Question) (Found, error) {
	if err := question.validate(); err != nil {
		return Found{}, err
	}
	helper, err := Start(c.Helper, 1)
	if err != nil {
		return Found{}, err
	}
	defer helper.Close()
	found := Found{Resolver: c.Resolver, ResolvConf: ResolvConf()}
	counted := newCounts(question.Name)
	for number := range question.Times {
		answer, err := helper.LookUp(question.of(0, number))
		if err != nil {
			return Found{}, err
		}
		counted.ended(OutcomeOf(answer, timeoutOf(found.ResolvConf)), answer.Took)
	}
	lookup, err := counted.report()
	found.Lookups = []Lookup{lookup}
	return found, err
}

func (q Question) validate() error {
	if q.Times <= 0 {
		return fmt.Errorf("%q is to be looked up %d times", q.Name.Name, q.Times)
	}
	return q.Name.validate()
}
