package flood

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// outcome is how a request ended; every scheduled request ends in exactly one.
type outcome uint8

const (
	ok outcome = iota
	connectTimeout
	responseTimeout
	refused
	reset
	portExhausted
	unreachable
	truncated
	protocolError
	tlsFailed
	status4xx
	status500
	status502
	status503
	status504
	status5xx
	unexpectedStatus
	notSent
	outcomeCount
)

// outcomeNames are those of FAILURE_CAUSES in packetwalk's runner/result/schema.ts.
var outcomeNames = [outcomeCount]string{
	ok:              "ok",
	connectTimeout:  "connect-timeout",
	responseTimeout: "response-timeout",
	refused:         "refused",
	reset:           "reset",
	portExhausted:   "port-exhausted",
	unreachable:     "unreachable",
	truncated:       "truncated",
	protocolError:   "protocol-error",
	tlsFailed:       "tls",
	status4xx:       "status-4xx",
	status500:       "status-500",
	status502:       "status-502",
	status503:       "status-503",
	status504:       "status-504",
	status5xx:       "status-5xx",
	// Of an answer that would be good, had the spec not named others.
	unexpectedStatus: "unexpected-status",
	notSent:          "not-sent",
}

// expected are the statuses that a spec names as good.
type expected [600]bool

func expect(codes []int) (*expected, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	all := &expected{}
	for _, code := range codes {
		if code < 200 || code >= len(all) {
			return nil, fmt.Errorf("expect: %d is not the status of a complete response (200 to 599)", code)
		}
		all[code] = true
	}
	return all, nil
}

// judge is ofStatus for whoever named the statuses that are good. A bad one keeps its cause.
func (e *expected) judge(code int) outcome {
	how := ofStatus(code)
	switch {
	case e == nil:
		return how
	case e[code]:
		return ok
	case how == ok:
		return unexpectedStatus
	}
	return how
}

// ofStatus judges a complete response by its status code; redirects are answers, not failures.
func ofStatus(code int) outcome {
	switch {
	case code < 400:
		return ok
	case code < 500:
		return status4xx
	case code == 500:
		return status500
	case code == 502:
		return status502
	case code == 503:
		return status503
	case code == 504:
		return status504
	}
	return status5xx
}

// ofBindError judges why a source address could not be used; it could before the load.
func ofBindError(errno unix.Errno) outcome {
	if errno == unix.EADDRNOTAVAIL {
		return unreachable // it is gone; ports are looked for later, by connect(2)
	}
	return ofConnectError(errno)
}

// ofConnectError judges why a connection did not come about.
func ofConnectError(errno unix.Errno) outcome {
	switch errno {
	case unix.EADDRNOTAVAIL: // no free local port towards this destination
		return portExhausted
	case unix.ECONNREFUSED:
		return refused
	case unix.ECONNRESET, unix.EPIPE, unix.ECONNABORTED:
		return reset
	case unix.ETIMEDOUT: // the kernel gave up on its SYNs before the request's time was up
		return connectTimeout
	case unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM:
		return notSent
	}
	return unreachable // EHOSTUNREACH, ENETUNREACH, and refusals by policy such as EPERM
}

// ofTransferError judges why an established connection broke.
func ofTransferError(errno unix.Errno) outcome {
	switch errno {
	case unix.ETIMEDOUT:
		return responseTimeout
	case errTLS:
		return tlsFailed
	case errCutTLS:
		return truncated
	case unix.EHOSTUNREACH, unix.ENETUNREACH, unix.ENETDOWN, unix.EHOSTDOWN:
		return unreachable
	}
	return reset
}

// ofTimeout judges a request whose time was up.
func ofTimeout(at stage) outcome {
	switch at {
	case connecting:
		return connectTimeout
	case handshaking:
		return tlsFailed
	}
	return responseTimeout
}
