package output

import (
	"strconv"
	"strings"
	"syscall"
	"time"

	"go.k6.io/k6/lib/netext/httpext"
)

// Outcomes other than ok are FAILURE_CAUSES of packetwalk's runner/result/schema.ts.
const (
	ok              = "ok"
	connectTimeout  = "connect-timeout"
	responseTimeout = "response-timeout"
	refused         = "refused"
	reset           = "reset"
	portExhausted   = "port-exhausted"
	unreachable     = "unreachable"
	truncated       = "truncated"
	protocolError   = "protocol-error"
	tlsFailed       = "tls"
	dnsTimeout      = "dns-timeout"
	dnsServfail     = "dns-servfail"
	notSent         = "not-sent"
	unexpected      = "unexpected-status"
)

// request is what k6's tags and trail say of one request.
type request struct {
	status    int
	errorCode int    // 0: none
	message   string // tag error
	connected bool   // a TCP connection stood
	usable    bool   // and, with TLS, its handshake was done
	secure    bool   // it is to be TLS
	expected  string // "true" or "false", as the script's response callback says; "": it has none
}

func readRequest(trail *httpext.Trail) request {
	number := func(tag string) int {
		text, _ := trail.Tags.Get(tag)
		value, _ := strconv.Atoi(text)
		return value
	}
	message, _ := trail.Tags.Get("error")
	url, _ := trail.Tags.Get("url")
	expected, _ := trail.Tags.Get("expected_response")
	return request{
		status:    number("status"),
		errorCode: number("error_code"),
		message:   message,
		connected: trail.Connecting > 0 || trail.ConnReused || trail.ConnRemoteAddr != nil,
		usable:    trail.ConnRemoteAddr != nil,
		secure:    strings.HasPrefix(url, "https:"),
		expected:  expected,
	}
}

// k6's error codes, of lib/netext/httpext/error_codes.go and k6's documentation ("Error codes").
const (
	codeOther           = 1000
	codeNotTCP          = 1010
	codeInvalidURL      = 1020
	codeRequestTimeout  = 1050
	codeDNS             = 1100
	codeNoSuchHost      = 1101
	codeBlacklistedIP   = 1110
	codeBlockedHostname = 1111
	codeTCP             = 1200
	codeBrokenPipe      = 1201
	codeUnknownErrno    = 1202
	codeDial            = 1210
	codeDialTimeout     = 1211
	codeDialRefused     = 1212
	codeDialErrno       = 1213
	codeReset           = 1220
	firstTLSCode        = 1300
	lastTLSCode         = 1399
	firstStatusCode     = 1400 // 1000 + HTTP status
	lastStatusCode      = 1599
	firstGoAwayCode     = 1610
	firstStreamCode     = 1630
	firstHTTP2Code      = 1650
	lastHTTP2Code       = 1699
	codeDecompression   = 1701
)

// outcome judges how the request ended.
func (r request) outcome() string {
	switch code := r.errorCode; {
	case code == 0:
		return r.ofStatus(r.status)
	case code >= firstStatusCode && code <= lastStatusCode:
		return r.ofStatus(code - 1000)
	case code >= firstTLSCode && code <= lastTLSCode:
		return tlsFailed
	case code == codeRequestTimeout:
		return r.ofTimeout()
	case code == codeDialTimeout:
		return connectTimeout
	case code == codeDialRefused:
		return refused
	case code == codeDialErrno, code == codeUnknownErrno, code == codeDial:
		return r.ofErrno()
	case code == codeReset, code == codeBrokenPipe, code == codeTCP:
		return reset
	case code == codeDNS, code == codeNoSuchHost:
		return r.ofLookup()
	case code == codeInvalidURL, code == codeBlacklistedIP, code == codeBlockedHostname:
		return notSent // k6 itself would not send it
	case code >= firstGoAwayCode && code < firstHTTP2Code:
		return reset // GOAWAY and RST_STREAM: the server ended it
	case code >= firstHTTP2Code && code <= lastHTTP2Code, code == codeDecompression:
		return protocolError
	}
	return r.ofMessage() // 1000, 1010 and what later versions of k6 may add
}

// ofStatus judges a complete response by what the script expects. Without a word of it redirects are
// answers, not failures.
func (r request) ofStatus(status int) string {
	switch {
	case r.expected == "true":
		return ok
	case status < 400 && r.expected == "false":
		return unexpected
	case status < 400:
		return ok
	case status < 500:
		return "status-4xx"
	case status == 500, status == 502, status == 503, status == 504:
		return "status-" + strconv.Itoa(status)
	}
	return "status-5xx"
}

// inHandshake says that the connection stood, but TLS did not.
func (r request) inHandshake() bool { return r.secure && r.connected && !r.usable }

// ofTimeout tells by how far the request got what it was waiting for. A lookup that took all of the
// time looks like a connect timeout: k6 traces no lookups.
func (r request) ofTimeout() string {
	switch {
	case !r.connected:
		return connectTimeout
	case r.inHandshake():
		return tlsFailed
	}
	return responseTimeout
}

// ofErrno judges messages such as "dial: unknown errno 99 error with msg `…`".
func (r request) ofErrno() string {
	switch errnoIn(r.message) {
	case syscall.EADDRNOTAVAIL: // no free local port towards this destination
		return portExhausted
	case syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM:
		return notSent
	case syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED:
		return reset
	case syscall.ETIMEDOUT: // the kernel gave up, not k6
		return r.ofTimeout()
	}
	if r.connected {
		return reset
	}
	return unreachable
}

func errnoIn(message string) syscall.Errno {
	_, after, found := strings.Cut(message, "unknown errno ")
	if !found {
		return 0
	}
	digits := strings.TrimPrefix(strings.Fields(after + " ")[0], "`")
	errno, _ := strconv.Atoi(strings.TrimSuffix(digits, "`"))
	return syscall.Errno(errno)
}

// ofLookup has two causes to choose from: a name that does not exist was answered, so it is no
// timeout, and counts with the failures that a resolver reports.
func (r request) ofLookup() string {
	if strings.Contains(r.message, "timeout") {
		return dnsTimeout
	}
	return dnsServfail
}

// ofMessage judges errors that k6 has no code for by the texts of Go's net/http and crypto/tls.
func (r request) ofMessage() string {
	has := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(r.message, part) {
				return true
			}
		}
		return false
	}
	switch {
	case has("tls:", "x509:", "HTTP response to HTTPS client"):
		return tlsFailed
	case has("unexpected EOF") || r.message == "EOF" || has("server closed"): // an end of stream before the response's end
		if r.inHandshake() {
			return tlsFailed
		}
		return truncated
	case has("connection reset", "broken pipe", "closed network connection"):
		return reset
	}
	return protocolError
}

// phases are the parts of a request that its trail has times of; 0 where it did not get so far, or
// where the connection had served another request before.
type phases struct{ connect, tls, firstByte, sinceBegin time.Duration }

func readPhases(trail *httpext.Trail) phases {
	p := phases{sinceBegin: trail.Blocked + trail.Duration}
	if !trail.ConnReused {
		p.connect, p.tls = trail.Connecting, trail.TLSHandshaking
	}
	if trail.Receiving > 0 { // k6 measures it from the first byte, so that there was one
		p.firstByte = trail.Waiting
	}
	return p
}
