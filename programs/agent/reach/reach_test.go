package reach

import (
	"context"
	"net"
	"testing"
	"time"
)

// freeAddress is one on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func await(t *testing.T, wanted Wanted) Report {
	t.Helper()
	report, err := Await(context.Background(), wanted)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestItSeesTheChange(t *testing.T) {
	address := freeAddress(t)
	opened := make(chan float64, 1)
	go func() {
		time.Sleep(50 * time.Millisecond)
		at := unixMs(time.Now())
		listener, err := net.Listen("tcp", address)
		if err != nil {
			opened <- 0
			return
		}
		t.Cleanup(func() { listener.Close() })
		opened <- at
	}()
	report := await(t, Wanted{Address: address, Until: Open, Every: time.Millisecond, Timeout: 20 * time.Second, Steady: 3})
	at := <-opened
	if at == 0 {
		t.Skip("somebody else took the port meanwhile")
	}
	if report.First != Refused || report.Last != Open || report.EndedUnixMs < at || report.OtherUnixMs >= report.SinceUnixMs {
		t.Errorf("opened at %v: %+v", at, report)
	}
}

func TestWhatNeverComesIsNotReported(t *testing.T) {
	report := await(t, Wanted{Address: freeAddress(t), Until: Open, Every: time.Millisecond, Timeout: 50 * time.Millisecond, Steady: 1})
	if report.SinceUnixMs != 0 || report.Last != Refused || report.Attempts == 0 {
		t.Errorf("%+v", report)
	}
}

func TestAnAddressThatIsNone(t *testing.T) {
	if _, err := Await(context.Background(), Wanted{Address: "nowhere", Until: Open, Every: time.Millisecond, Timeout: time.Second, Steady: 1}); err == nil {
		t.Error("no error")
	}
}
