package flood

import "golang.org/x/sys/unix"

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
	notSent:         "not-sent",
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
