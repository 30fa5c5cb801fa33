package ciliumct

import (
	"testing"

	"packetwalk.dev/agent/isolated"
)

func TestMain(m *testing.M) { isolated.Main(m) }
