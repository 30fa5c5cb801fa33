package flood

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"packetwalk.dev/agent/isolated"
	"packetwalk.dev/agent/misbehaving"
)

// certificate is self-signed, for shop.example, until the given instant.
func certificate(t *testing.T, until time.Time) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "shop.example"},
		DNSNames:     []string{"shop.example"},
		NotBefore:    until.AddDate(-2, 0, 0),
		NotAfter:     until,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, string(text)
}

// serveTLS is Go's HTTP server behind TLS; it counts full and resumed handshakes.
type tlsServer struct {
	address       string
	caPem         string
	full, resumed atomic.Int64
}

func serveTLS(t *testing.T, until time.Time, adapt func(*tls.Config), handler http.HandlerFunc) *tlsServer {
	t.Helper()
	server := &tlsServer{}
	own, caPem := certificate(t, until)
	server.caPem = caPem
	config := &tls.Config{
		Certificates: []tls.Certificate{own},
		NextProtos:   []string{"h2", "http/1.1"},
		VerifyConnection: func(state tls.ConnectionState) error {
			if state.DidResume {
				server.resumed.Add(1)
			} else {
				server.full.Add(1)
			}
			return nil
		},
	}
	adapt(config)
	listener, err := tls.Listen("tcp4", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	web := &http.Server{Handler: handler}
	web.ErrorLog = quiet
	go func() { _ = web.Serve(listener) }()
	t.Cleanup(func() { web.Close() })
	server.address = listener.Addr().String()
	return server
}

func (s *tlsServer) spec(count int, duration time.Duration) Spec {
	spec := steady(s.address, count, duration)
	spec.TLS = &TLS{ServerName: "shop.example", CAPem: s.caPem}
	return spec
}

func nextYear() time.Time     { return time.Now().AddDate(1, 0, 0) }
func asItIs(*tls.Config)      {}
func onlyTLS12(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }

func TestTLS(t *testing.T) {
	isolated.Require(t)
	const count = 100
	body := strings.Repeat("0123456789abcdef", 4096) // several records
	for name, each := range map[string]struct {
		adapt   func(*tls.Config)
		version uint16
	}{
		"1.3": {asItIs, tls.VersionTLS13},
		"1.2": {onlyTLS12, tls.VersionTLS12},
	} {
		var strange atomic.Int64
		server := serveTLS(t, nextYear(), each.adapt, func(w http.ResponseWriter, r *http.Request) {
			got, _ := io.ReadAll(r.Body)
			if r.TLS.Version != each.version || r.TLS.NegotiatedProtocol != "http/1.1" || string(got) != body {
				strange.Add(1)
			}
			_, _ = io.WriteString(w, body)
		})
		spec := server.spec(count, time.Second)
		spec.Method, spec.Body = "POST", body
		report := run(t, spec)
		expectOutcomes(t, report, map[string]int64{"ok": count})
		if strange.Load() > 0 || report.BytesRead < count*int64(len(body)) {
			t.Errorf("TLS %s: %d strange requests, %d bytes read", name, strange.Load(), report.BytesRead)
		}
		if timed := decode(t, report.Histograms.TLS).TotalCount(); timed != count || server.full.Load() != count || server.resumed.Load() != 0 {
			t.Errorf("TLS %s: %d times of %d full and %d resumed handshakes", name, timed, server.full.Load(), server.resumed.Load())
		}
	}
}

func TestTLSConnectionsAreKeptAndResumed(t *testing.T) {
	isolated.Require(t)
	const count = 200
	for _, adapt := range []func(*tls.Config){asItIs, onlyTLS12} {
		server := serveTLS(t, nextYear(), adapt, hello)
		spec := server.spec(count, time.Second)
		spec.KeepAliveRatio, spec.TLS.Resume, spec.Threads = 0.5, true, 2
		report := run(t, spec)
		expectOutcomes(t, report, map[string]int64{"ok": count})
		handshakes := server.full.Load() + server.resumed.Load()
		if report.Reused < count*4/10 || handshakes != count-report.Reused || server.resumed.Load() < handshakes*9/10 {
			t.Errorf("%d reused, %d full and %d resumed handshakes", report.Reused, server.full.Load(), server.resumed.Load())
		}
	}
}

func TestTLSFailures(t *testing.T) {
	isolated.Require(t)
	trusted := func(spec *Spec) {}
	good := func() *tlsServer { return serveTLS(t, nextYear(), asItIs, hello) }
	for name, each := range map[string]struct {
		server *tlsServer
		spoil  func(*Spec)
		cause  string
	}{
		"unknown authority":   {good(), func(s *Spec) { s.TLS.CAPem = "" }, "tls"},
		"another name":        {good(), func(s *Spec) { s.TLS.ServerName = "web" }, "tls"},
		"expired":             {serveTLS(t, time.Now().Add(-time.Hour), asItIs, hello), trusted, "tls"},
		"whatever they say":   {serveTLS(t, time.Now().Add(-time.Hour), asItIs, hello), func(s *Spec) { s.TLS.InsecureSkipVerify = true }, "ok"},
		"client certificate":  {serveTLS(t, nextYear(), func(c *tls.Config) { c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12 }, hello), trusted, "tls"},
		"no TLS server":       {&tlsServer{address: serveGreeting(t, "220 mail.example ESMTP\r\n")}, trusted, "tls"},
		"stuck handshake":     {&tlsServer{address: misbehaving.Serve(t, misbehaving.Silent)}, trusted, "tls"},
		"reset in handshake":  {&tlsServer{address: misbehaving.Serve(t, resetAfterRequest)}, trusted, "reset"},
		"closed in handshake": {&tlsServer{address: misbehaving.Serve(t, func(c *net.TCPConn) { _, _ = c.Read(make([]byte, 4096)) })}, trusted, "tls"},
		"refused":             {&tlsServer{address: misbehaving.Unused(t)}, trusted, "refused"},
		"deaf":                {&tlsServer{address: misbehaving.ListenDeaf(t).Address}, trusted, "connect-timeout"},
	} {
		spec := each.server.spec(20, 100*time.Millisecond)
		spec.TimeoutMs = 800
		each.spoil(&spec)
		report := run(t, spec)
		if report.Outcomes[each.cause] != 20 {
			t.Errorf("%s: outcomes %v, want %s", name, report.Outcomes, each.cause)
		}
		if done := decode(t, report.Histograms.TLS).TotalCount(); done != report.Outcomes["ok"] {
			t.Errorf("%s: %d handshakes timed", name, done)
		}
	}
}

func TestTLSResponsesFailLikeOthers(t *testing.T) {
	isolated.Require(t)
	for cause, handler := range map[string]http.HandlerFunc{
		"status-503":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"response-timeout": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"truncated": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "hello")
			panic(http.ErrAbortHandler)
		},
	} {
		spec := serveTLS(t, nextYear(), asItIs, handler).spec(20, 100*time.Millisecond)
		spec.TimeoutMs = 800
		expectOutcomes(t, run(t, spec), map[string]int64{cause: 20})
	}
}

// Connections that end in whatever way give their memory back.
func TestTLSSessionsAreReused(t *testing.T) {
	isolated.Require(t)
	spec := steady(misbehaving.Serve(t, misbehaving.Silent), 50, 100*time.Millisecond)
	spec.TLS, spec.TimeoutMs = &TLS{InsecureSkipVerify: true}, 1000
	p, err := spec.plan()
	if err != nil {
		t.Fatal(err)
	}
	pool := sessions{config: p.tls}
	done := make(chan int)
	go func() {
		for range 1000 {
			fd, errno := newSocket(newSocketAddress(p.target).family)
			if errno != 0 {
				break
			}
			connect(fd, newSocketAddress(p.target))
			session := pool.take(fd)
			session.handshake()
			pool.put(session)
			closeSocket(fd)
		}
		done <- len(pool.unused)
		pool.destroy()
	}()
	if left := <-done; left != 1 {
		t.Errorf("1,000 connections, one at a time, left %d sessions", left)
	}
	expectOutcomes(t, run(t, spec), map[string]int64{"tls": 50})
}

func TestBadCertificatesInSpecs(t *testing.T) {
	spec := steady("127.0.0.1:80", 1, time.Second)
	spec.TLS = &TLS{CAPem: string(bytes.Repeat([]byte("x"), 30))}
	if err := spec.Validate(); err == nil || !strings.Contains(err.Error(), "caPem") {
		t.Errorf("error %v", err)
	}
}
