package lookups

import "time"

// Counting is a number of look-ups of one name, one after another: with nothing else under way, what
// servers count meanwhile is due to them.
type Counting struct {
	Resolver string
	Helper   string
	Name     Name
	Times    int
}

// Count carries them out and tells how they ended.
func Count(counting Counting) (Found, error) {
	if err := counting.Name.validate(); err != nil {
		return Found{}, err
	}
	helper, err := Start(counting.Helper, 1)
	if err != nil {
		return Found{}, err
	}
	defer helper.Close()
	found := Found{Resolver: counting.Resolver, ResolvConf: readResolvConf()}
	timeout := timeoutOf(found.ResolvConf)
	counted := newTally(1, time.Nanosecond, time.Nanosecond)
	for range counting.Times {
		answer, err := helper.LookUp(counting.Name.Name)
		if err != nil {
			return Found{}, err
		}
		counted.schedule(0, 0, 0)
		counted.finish(0, 0, outcomeOf(answer, timeout), answer.Took)
	}
	found.Lookups, err = counted.lookups([]Name{counting.Name})
	return found, err
}
