package lookups

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
	found := Found{Resolver: counting.Resolver, ResolvConf: ResolvConf()}
	counted := newCounts(counting.Name)
	for number := range counting.Times {
		answer, err := helper.LookUp(counting.Name.of(0, number))
		if err != nil {
			return Found{}, err
		}
		counted.ended(OutcomeOf(answer, timeoutOf(found.ResolvConf)), answer.Took)
	}
	lookup, err := counted.report()
	found.Lookups = []Lookup{lookup}
	return found, err
}
