package dnsupstream

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// Zone is all that the upstream knows: names that it has addresses of. What else it is asked for does
// not exist, whatever domain it is in.
type Zone struct {
	// Origin is the domain whose start of authority negative answers name.
	Origin string `json:"origin"`
	// TTLSeconds goes with every answer, and is how long negative ones may be kept.
	TTLSeconds uint32 `json:"ttlSeconds"`
	// Records by name; *.shop.test stands for every name that is one label longer than shop.test and
	// has no record of its own.
	Records map[string][]netip.Addr `json:"records"`
}

// Validate tells what is wrong with a zone, in one sentence.
func (z Zone) Validate() error {
	if _, is := dns.IsDomainName(z.Origin); !is || z.Origin == "" {
		return fmt.Errorf("%q is not a domain", z.Origin)
	}
	for name, addresses := range z.Records {
		if _, is := dns.IsDomainName(name); !is {
			return fmt.Errorf("%q is not a domain name", name)
		}
		for _, each := range addresses {
			if !each.IsValid() {
				return fmt.Errorf("%s has an address that is none", name)
			}
		}
	}
	return nil
}

// canonical gives the zone with full, lower-case names.
func (z Zone) canonical() Zone {
	records := make(map[string][]netip.Addr, len(z.Records))
	for name, addresses := range z.Records {
		records[dns.CanonicalName(name)] = addresses
	}
	return Zone{Origin: dns.CanonicalName(z.Origin), TTLSeconds: z.TTLSeconds, Records: records}
}

// answer gives the reply to a query.
func (z Zone) answer(query *dns.Msg) *dns.Msg {
	reply := new(dns.Msg).SetReply(query)
	reply.Authoritative = true
	reply.RecursionAvailable = query.RecursionDesired
	if options := query.IsEdns0(); options != nil {
		reply.SetEdns0(options.UDPSize(), false)
	}
	question := query.Question[0]
	addresses, exists := z.find(dns.CanonicalName(question.Name))
	if !exists {
		reply.Rcode = dns.RcodeNameError
	}
	for _, each := range addresses {
		header := dns.RR_Header{Name: question.Name, Class: dns.ClassINET, Ttl: z.TTLSeconds}
		switch {
		case question.Qtype == dns.TypeA && each.Is4():
			header.Rrtype = dns.TypeA
			reply.Answer = append(reply.Answer, &dns.A{Hdr: header, A: each.AsSlice()})
		case question.Qtype == dns.TypeAAAA && each.Is6():
			header.Rrtype = dns.TypeAAAA
			reply.Answer = append(reply.Answer, &dns.AAAA{Hdr: header, AAAA: each.AsSlice()})
		}
	}
	if len(reply.Answer) == 0 {
		reply.Ns = []dns.RR{z.soa(question.Name)}
	}
	return reply
}

func (z Zone) find(name string) (addresses []netip.Addr, exists bool) {
	if addresses, exists = z.Records[name]; exists {
		return addresses, true
	}
	_, domain, _ := strings.Cut(name, ".")
	addresses, exists = z.Records["*."+domain]
	return addresses, exists
}

// soa makes negative answers cacheable: for the lesser of its own TTL and its minimum (RFC 2308).
func (z Zone) soa(name string) dns.RR {
	owner := z.Origin
	if !dns.IsSubDomain(z.Origin, strings.ToLower(name)) {
		owner = "." // a name outside the zone is denied as the root would
	}
	return &dns.SOA{
		Hdr: dns.RR_Header{Name: owner, Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: z.TTLSeconds},
		Ns:  "ns." + z.Origin, Mbox: "hostmaster." + z.Origin,
		Serial: 1, Refresh: 3600, Retry: 600, Expire: 86400, Minttl: z.TTLSeconds,
	}
}
