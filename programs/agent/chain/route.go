package chain

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Longest is how many hops a chain can have.
const Longest = 100

// route is which names a request goes by, and how far. Every hop is told it by the one before.
type route struct {
	names string // with {n} for the hop's number
	depth int    // number of the last hop
	port  int
}

func (r route) nameOf(hop int) string {
	return strings.ReplaceAll(r.names, numberHere, strconv.Itoa(hop))
}

func (r route) validate() error {
	if !strings.Contains(r.names, numberHere) || strings.ContainsAny(r.names, " \t\r\n") {
		return fmt.Errorf("names must be a name with %s for the hop's number", numberHere)
	}
	if r.depth < 1 || r.depth > Longest {
		return fmt.Errorf("depth must be from 1 to %d", Longest)
	}
	if r.port < 1 || r.port > 65535 {
		return errors.New("port must be from 1 to 65535")
	}
	return nil
}

// query is what the hop of that number is asked.
func (r route) query(hop int) string {
	return url.Values{
		"hop":   {strconv.Itoa(hop)},
		"names": {r.names},
		"depth": {strconv.Itoa(r.depth)},
		"port":  {strconv.Itoa(r.port)},
	}.Encode()
}

// parseQuery reads what a hop is asked: its number and the route.
func parseQuery(values url.Values) (hop int, r route, err error) {
	numbers := map[string]*int{"hop": &hop, "depth": &r.depth, "port": &r.port}
	for name, into := range numbers {
		if *into, err = strconv.Atoi(values.Get(name)); err != nil {
			return 0, route{}, fmt.Errorf("%s: %q is not a number", name, values.Get(name))
		}
	}
	r.names = values.Get("names")
	if hop < 1 || hop > r.depth {
		return 0, route{}, fmt.Errorf("hop must be from 1 to %d", r.depth)
	}
	return hop, r, r.validate()
}
