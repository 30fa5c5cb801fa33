package gate

import (
	"context"
	"net"
	"testing"
	"time"

	"packetwalk.dev/agent/isolated"
)

func TestWaitGetsTheTimeThatOpenGives(t *testing.T) {
	isolated.Require(t)
	startAt := time.UnixMilli(1_800_000_000_123)
	opened := make(chan error, 1)
	go func() { opened <- Open(startAt, 5*time.Second) }()
	got, err := Wait(context.Background(), 5*time.Second)
	if err != nil || !got.Equal(startAt) {
		t.Errorf("Wait gave %v, %v, want %v", got, err, startAt)
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
}

func TestOpenFindsAGeneratorUnderAPaddedName(t *testing.T) {
	isolated.Require(t)
	listener, err := net.Listen("unix", paddedAddress)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	startAt := time.UnixMilli(1_800_000_000_123)
	opened := make(chan error, 1)
	go func() { opened <- Open(startAt, 5*time.Second) }()
	connection, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if got, err := receive(connection); err != nil || !got.Equal(startAt) {
		t.Errorf("the generator got %v, %v, want %v", got, err, startAt)
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
}

func TestAwaitLeavesTheGeneratorAtItsGate(t *testing.T) {
	isolated.Require(t)
	if err := Await(20 * time.Millisecond); err == nil {
		t.Error("Await found a generator where none is")
	}
	startAt := time.UnixMilli(1_800_000_000_123)
	got := make(chan time.Time, 1)
	go func() {
		at, err := Wait(context.Background(), 5*time.Second)
		if err != nil {
			t.Error(err)
		}
		got <- at
	}()
	if err := Await(5 * time.Second); err != nil {
		t.Error(err)
	}
	select {
	case at := <-got:
		t.Fatalf("the generator went off with %v", at)
	case <-time.After(50 * time.Millisecond):
	}
	if err := Open(startAt, 5*time.Second); err != nil {
		t.Error(err)
	}
	if at := <-got; !at.Equal(startAt) {
		t.Errorf("the generator got %v, want %v", at, startAt)
	}
}

func TestWaitGivesUp(t *testing.T) {
	isolated.Require(t)
	if _, err := Wait(context.Background(), 20*time.Millisecond); err != ErrTimeout {
		t.Errorf("Wait gave %v, want %v", err, ErrTimeout)
	}
}
