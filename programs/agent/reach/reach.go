// Package reach opens connections to an address until they end as they are waited for: what a node's rules do with a Service is
// seen on the data path itself.
package reach

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

// Outcome is how a connection attempt ended.
type Outcome string

const (
	// Open is a connection that came about.
	Open Outcome = "open"
	// Refused is one that somebody refused at once.
	Refused Outcome = "refused"
	// Unanswered is one that nobody answered in time, or that found no way.
	Unanswered Outcome = "unanswered"
)

// Report is one line: when the outcome that was waited for came, and when another was seen last.
type Report struct {
	BeganUnixMs float64 `json:"beganUnixMs"`
	EndedUnixMs float64 `json:"endedUnixMs"`
	First       Outcome `json:"first"`
	Last        Outcome `json:"last"`
	Attempts    int     `json:"attempts"`
	// OtherUnixMs is when the last attempt that ended otherwise began; 0: there was none.
	OtherUnixMs float64 `json:"otherUnixMs"`
	// SinceUnixMs is when the first of those began that ended as waited for, Steady of them in a row; 0: that never came.
	SinceUnixMs float64 `json:"sinceUnixMs"`
}

// Wanted is what is waited for.
type Wanted struct {
	Address string
	Until   Outcome
	Every   time.Duration // between the attempts' begins
	Timeout time.Duration // of the whole
	Steady  int           // attempts in a row that have to end so
}

// attempt bounds one connection: what is slower was lost.
const attempt = time.Second

// Await tries until it is so, or the time is over.
func Await(ctx context.Context, wanted Wanted) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, wanted.Timeout)
	defer cancel()
	end, _ := ctx.Deadline()
	report := Report{BeganUnixMs: unixMs(time.Now())}
	inARow := 0
	for next := time.Now(); ctx.Err() == nil; next = next.Add(wanted.Every) {
		if pause := time.Until(next); pause > 0 {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
			}
		} else {
			next = time.Now()
		}
		at := time.Now()
		outcome, err := try(ctx, wanted.Address)
		if err != nil {
			return report, err
		}
		// The dialer has the same end, and may be there before its context is.
		if (ctx.Err() != nil || !time.Now().Before(end)) && outcome != wanted.Until {
			break // cut off by the end, which says nothing
		}
		report.Attempts++
		report.Last = outcome
		if report.First == "" {
			report.First = outcome
		}
		if outcome != wanted.Until {
			inARow, report.SinceUnixMs, report.OtherUnixMs = 0, 0, unixMs(at)
			continue
		}
		if inARow++; inARow == 1 {
			report.SinceUnixMs = unixMs(at)
		}
		if inARow >= wanted.Steady {
			report.EndedUnixMs = unixMs(time.Now())
			return report, nil
		}
	}
	report.SinceUnixMs = 0
	report.EndedUnixMs = unixMs(time.Now())
	return report, nil
}

func try(ctx context.Context, address string) (Outcome, error) {
	dialer := net.Dialer{Timeout: attempt}
	connection, err := dialer.DialContext(ctx, "tcp", address)
	var unparsable *net.AddrError
	switch {
	case err == nil:
		// No TIME_WAIT: thousands of attempts would use ports up.
		if tcp, isTCP := connection.(*net.TCPConn); isTCP {
			_ = tcp.SetLinger(0)
		}
		return Open, connection.Close()
	case errors.As(err, &unparsable):
		return "", fmt.Errorf("%q is no IP:port: %w", address, err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused, nil
	default:
		return Unanswered, nil
	}
}

func unixMs(at time.Time) float64 { return float64(at.UnixMicro()) / 1000 }
