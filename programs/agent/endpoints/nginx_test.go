package endpoints

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func TestWorkersAreReplacedWhenNewOnesAcceptAndOldOnesDoNot(t *testing.T) {
	for _, each := range []struct {
		says string
		now  map[int]bool
		want bool
	}{
		{"nothing has happened", map[int]bool{1: true}, false},
		{"both accept", map[int]bool{1: true, 2: true}, false},
		{"the old one drains", map[int]bool{1: false, 2: true}, true},
		{"the old one is gone", map[int]bool{2: true}, true},
		{"there is none", map[int]bool{1: false}, false},
	} {
		if got := replaced(map[int]bool{1: true}, each.now); got != each.want {
			t.Errorf("%s: %v", each.says, got)
		}
	}
}

func TestOnlyAnNGINXIsReloaded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "nginx.pid")
	if err := os.WriteFile(file, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	if err := ReloadNGINX(file)(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("this test process, which is not an NGINX, gave %v", err)
	}
	if parentOf(os.Getpid()) != os.Getppid() {
		t.Errorf("parent %d, want %d", parentOf(os.Getpid()), os.Getppid())
	}
}
