// Package dnsupstream is the server that cluster DNS forwards to: it knows few names, counts what it
// is asked, and can be slow or lossy on demand.
package dnsupstream

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// Server answers queries. It may be used from several goroutines.
type Server struct {
	lock    sync.Mutex
	zone    Zone
	faults  Faults
	dice    *dice
	queries map[query]*count
	since   time.Time
}

type query struct{ name, qtype, transport string }

type count struct{ queries, lost int64 }

// Count is how often one question was asked.
type Count struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	Transport string `json:"transport"` // udp or tcp
	Queries   int64  `json:"queries"`
	Lost      int64  `json:"lost"` // of them, those left without an answer on purpose
}

// State is what a server is set to and what it has counted.
type State struct {
	SinceUnixMs int64   `json:"sinceUnixMs"` // when it began to count
	Zone        Zone    `json:"zone"`
	Faults      Faults  `json:"faults"`
	Queries     []Count `json:"queries"` // by name, type and transport
}

// New makes a server. What it is given was validated.
func New(zone Zone, faults Faults) *Server {
	s := &Server{queries: map[query]*count{}, since: time.Now()}
	s.SetZone(zone)
	s.SetFaults(faults)
	return s
}

// SetZone replaces all that the server knows.
func (s *Server) SetZone(zone Zone) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.zone = zone.canonical()
}

// SetFaults replaces what is wrong with it, from the next query on.
func (s *Server) SetFaults(faults Faults) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.faults, s.dice = faults, newDice(faults)
}

// State gives its settings and counts.
func (s *Server) State() State {
	s.lock.Lock()
	defer s.lock.Unlock()
	state := State{SinceUnixMs: s.since.UnixMilli(), Zone: s.zone, Faults: s.faults, Queries: []Count{}}
	for of, counted := range s.queries {
		state.Queries = append(state.Queries, Count{of.name, of.qtype, of.transport, counted.queries, counted.lost})
	}
	slices.SortFunc(state.Queries, func(a, b Count) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Transport, b.Transport))
	})
	return state
}

// Listen serves DNS over UDP and TCP at an address until the returned function is called. A failure
// afterwards is passed to failed.
func (s *Server) Listen(address string, failed func(error)) (stop func(), err error) {
	packets, err := net.ListenPacket("udp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen for queries: %w", err)
	}
	// The same port, where the system chose it.
	listener, err := net.Listen("tcp", packets.LocalAddr().String())
	if err != nil {
		packets.Close()
		return nil, fmt.Errorf("cannot listen for queries: %w", err)
	}
	servers := []*dns.Server{{PacketConn: packets, Handler: s}, {Listener: listener, Handler: s}}
	for _, each := range servers {
		go func() {
			if err := each.ActivateAndServe(); err != nil {
				failed(err)
			}
		}()
	}
	return func() {
		for _, each := range servers {
			_ = each.Shutdown()
		}
	}, nil
}

// ServeDNS answers one query (dns.Handler). Each is on a goroutine of its own.
func (s *Server) ServeDNS(writer dns.ResponseWriter, asked *dns.Msg) {
	if len(asked.Question) != 1 {
		_ = writer.WriteMsg(new(dns.Msg).SetRcode(asked, dns.RcodeFormatError))
		return
	}
	zone, delay, lost := s.take(asked.Question[0], writer.RemoteAddr().Network())
	if lost {
		return
	}
	time.Sleep(delay)
	_ = writer.WriteMsg(zone.answer(asked)) // whoever asked may be gone
}

// take counts a query and tells how to answer it.
func (s *Server) take(question dns.Question, transport string) (Zone, time.Duration, bool) {
	s.lock.Lock()
	defer s.lock.Unlock()
	// TCP would repeat what the network loses.
	lost := transport == "udp" && s.dice.lose()
	of := query{dns.CanonicalName(question.Name), dns.Type(question.Qtype).String(), transport}
	counted := s.queries[of]
	if counted == nil {
		counted = new(count)
		s.queries[of] = counted
	}
	counted.queries++
	if lost {
		counted.lost++
	}
	return s.zone, s.faults.delay(), lost
}
