package chain

import (
	"testing"

	"packetwalk.dev/agent/internal/isolated"
)

func TestMain(m *testing.M) { isolated.Main(m) }
