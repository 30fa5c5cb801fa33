package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.k6.io/k6/lib"
)

const lookupLimit = 20 * time.Second

// confinement is what a script of the user's is held to. k6 has no list of hosts that may be reached, so
// it is made of what k6 has: a table of names in which all others lead nowhere, and the list of networks
// that k6 dials no address of, here all but the hosts' own. Every connection that a script can make goes
// through k6's dialer, which asks both (lib/netext/dialer.go): HTTP, WebSockets, gRPC, Redis.
type confinement struct {
	config  config
	blocked []netip.Prefix
}

// confined is the process's own; nil if the script is none of the user's.
var confined *confinement

// IsConfined tells whether the script is the user's, and may only reach what it is said to.
func IsConfined() bool { return confined != nil }

// confine has k6 run the spec's script and nothing else.
func confine(spec Spec) error {
	ctx, cancel := context.WithTimeout(context.Background(), lookupLimit)
	defer cancel()
	found, err := find(ctx, net.DefaultResolver, spec.Script, spec.Worker)
	if err != nil {
		return err
	}
	addresses := []netip.Addr{}
	for _, each := range found {
		addresses = append(addresses, each.Addr())
	}
	confined = &confinement{
		config:  config{Scenarios: map[string]scenario{scenarioName: scenarioOf(spec.Spec)}, Hosts: hostsOf(found)},
		blocked: allBut(addresses),
	}
	onlyLoopback()
	file, err := confined.write()
	if err != nil {
		return fmt.Errorf("k6's configuration can't be written: %w", err)
	}
	os.Args = append(os.Args, confined.flags(spec.Script, file)...)
	return nil
}

// find looks the hosts up, once: what a name leads to later is not followed. A name with several addresses
// gives each worker another one.
func find(ctx context.Context, resolver *net.Resolver, script *Script, worker int) (map[string]netip.AddrPort, error) {
	found := map[string]netip.AddrPort{}
	for _, each := range script.Hosts {
		name, port, err := net.SplitHostPort(each)
		if err != nil {
			return nil, err
		}
		addresses, err := resolver.LookupNetIP(ctx, "ip", name)
		if err != nil {
			return nil, fmt.Errorf("host %s can't be looked up: %w", name, err)
		}
		address := choose(addresses, worker)
		if address.IsUnspecified() || !address.IsValid() {
			return nil, fmt.Errorf("host %s has no address that can be talked to", name)
		}
		if !script.Public && isPublic(address) {
			return nil, fmt.Errorf("host %s is %s, a public address, and load to it leaves the cluster; if it is yours, say so with --allow-external", name, address)
		}
		number, _ := strconv.ParseUint(port, 10, 16)
		found[strings.ToLower(each)] = netip.AddrPortFrom(address, uint16(number))
	}
	return found, nil
}

// choose prefers IPv4, as k6 does.
func choose(addresses []netip.Addr, worker int) netip.Addr {
	four, six := []netip.Addr{}, []netip.Addr{}
	for _, each := range addresses {
		if each = each.Unmap(); each.Is4() {
			four = append(four, each)
		} else {
			six = append(six, each.WithZone(""))
		}
	}
	if len(four) == 0 {
		four = six
	}
	if len(four) == 0 {
		return netip.Addr{}
	}
	slices.SortFunc(four, netip.Addr.Compare)
	return four[worker%len(four)]
}

var carrierGrade = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598

func isPublic(address netip.Addr) bool {
	return !address.IsPrivate() && !address.IsLoopback() && !address.IsLinkLocalUnicast() && !carrierGrade.Contains(address)
}

// onlyLoopback leaves this process's own client, which also fetches what a script imports by URL, nothing
// but k6's API.
func onlyLoopback() {
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
			return nil, fmt.Errorf("%s: a script of a plan imports nothing over the network", address)
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	http.DefaultTransport = transport
}

const configName = "packetwalk-k6-*.json"

func (c *confinement) write() (string, error) {
	text, err := json.Marshal(c.config)
	if err != nil {
		return "", err
	}
	file, err := os.CreateTemp("", configName)
	if errors.Is(err, os.ErrNotExist) {
		// An image may have no /tmp; every container has this one (OCI runtime-spec, default filesystems).
		file, err = os.CreateTemp("/dev/shm", configName)
	}
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	return file.Name(), errors.Join(err, file.Close())
}

// flags are of those that no script overrides.
func (c *confinement) flags(script *Script, file string) []string {
	blocked := []string{}
	for _, each := range c.blocked {
		blocked = append(blocked, each.String())
	}
	flags := []string{
		"--config=" + file,
		"--blacklist-ip=" + strings.Join(blocked, ","),
		fmt.Sprintf("--rps=%d", script.MostPerSecond),
		fmt.Sprintf("--no-connection-reuse=%t", script.NewConnections),
		fmt.Sprintf("--no-vu-connection-reuse=%t", script.NewConnections),
		"--include-system-env-vars=false", // what we tell k6 is none of the script's business
	}
	for _, name := range slices.Sorted(maps.Keys(script.Env)) {
		flags = append(flags, "--env="+name+"="+script.Env[name])
	}
	return flags
}

// check demands that k6 runs what it was told to, before it makes a single request: a script's options go
// before a configuration's.
func (c *confinement) check(options lib.Options) error {
	if _, ours := options.Scenarios[scenarioName]; !ours || len(options.Scenarios) != 1 {
		return errors.New("the script has a load of its own in its options, which can't follow the plan's traffic; take scenarios, stages, duration and iterations out of them")
	}
	// By what the options say, not by their text: k6 writes them in its own way.
	var has, wanted map[string]string
	if err := roundTrip(options.Hosts, &has); err != nil {
		return err
	}
	if err := roundTrip(c.config.Hosts, &wanted); err != nil {
		return err
	}
	if !reflect.DeepEqual(has, wanted) {
		return errors.New("the script has hosts in its options, which would lead past the plan's; take them out")
	}
	blocked := []string{}
	for _, each := range options.BlacklistIPs {
		blocked = append(blocked, each.String())
	}
	for _, each := range c.blocked {
		if !slices.Contains(blocked, each.String()) {
			return fmt.Errorf("k6 would dial addresses of %s, which the plan does not have", each)
		}
	}
	return nil
}

func roundTrip(from, into any) error {
	text, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// CheckScript ends the process, with one sentence, if k6's options lead past what a script of the user's is
// held to. It is to be called before k6 makes virtual users.
func CheckScript(options lib.Options) {
	if confined == nil {
		return
	}
	if err := confined.check(options); err != nil {
		fmt.Fprintf(os.Stderr, "packetwalk-k6: %v\n", err)
		os.Exit(exitConfined)
	}
}
