package main

import (
	"fmt"
	"os"
	"testing"

	"packetwalk.dev/agent/isolated"
)

const asK6 = "PACKETWALK_TEST_AS_K6"

// TestMain runs the tests in a network namespace of their own, which needs root, and lends the test
// binary to them as packetwalk-k6.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv(asK6) != "":
		main()
	case os.Geteuid() != 0:
		fmt.Println("not run: these tests need root, for a network namespace of their own")
	default:
		isolated.Main(m)
	}
}
