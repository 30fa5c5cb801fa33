package main

import (
	"net"
	"testing"

	"github.com/miekg/dns"
)

// serve answers questions of one name and one type, on a loopback port of its own.
func serve(t *testing.T, record string) string {
	t.Helper()
	known, err := dns.NewRR(record)
	if err != nil {
		t.Fatal(err)
	}
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	handler := dns.HandlerFunc(func(to dns.ResponseWriter, asked *dns.Msg) {
		answer := new(dns.Msg).SetReply(asked)
		question := asked.Question[0]
		switch {
		case question.Name != known.Header().Name:
			answer.Rcode = dns.RcodeNameError
		case question.Qtype == known.Header().Rrtype:
			answer.Answer = append(answer.Answer, known)
		}
		_ = to.WriteMsg(answer)
	})
	server := &dns.Server{PacketConn: packets, Handler: handler}
	go func() { _ = server.ActivateAndServe() }()
	t.Cleanup(func() { _ = server.Shutdown() })
	return packets.LocalAddr().String()
}

func TestAddressesOfEitherFamilyAreFound(t *testing.T) {
	for _, record := range []string{"web.test. 5 IN A 10.96.0.1", "web.test. 5 IN AAAA fd00:10:96::1"} {
		client := dns.Client{Timeout: askPatience}
		answer, err := addressesOf(&client, serve(t, record), "web.test.")
		if err != nil || !isFound(answer) {
			t.Errorf("%s: found %v, %v", record, answer, err)
		}
	}
}

func TestANameThatIsNotThereIsNotFound(t *testing.T) {
	client := dns.Client{Timeout: askPatience}
	answer, err := addressesOf(&client, serve(t, "web.test. 5 IN TXT hello"), "web.test.")
	if err != nil || isFound(answer) {
		t.Errorf("without addresses: %v, %v", answer, err)
	}
	answer, err = addressesOf(&client, serve(t, "web.test. 5 IN A 10.96.0.1"), "other.test.")
	if err != nil || isFound(answer) || answer.Rcode != dns.RcodeNameError {
		t.Errorf("another name: %v, %v", answer, err)
	}
}
