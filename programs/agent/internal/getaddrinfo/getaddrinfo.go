// Package getaddrinfo gives tests the look-up helpers (programs/lookup) of real libcs.
package getaddrinfo

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

var compilers = map[string][]string{
	"glibc": {"gcc", "-O2", "-pthread"},
	"musl":  {"musl-gcc", "-O2", "-static", "-pthread"},
}

// Helper gives the path of a libc's helper: as the caller of the tests built it, or built here.
func Helper(t *testing.T, libc string) string {
	t.Helper()
	if path := os.Getenv("PACKETWALK_LOOKUP_" + libc); path != "" {
		return path
	}
	compiler := compilers[libc]
	if _, err := exec.LookPath(compiler[0]); err != nil {
		t.Skipf("needs %s", compiler[0])
	}
	_, here, _, _ := runtime.Caller(0)
	source := filepath.Join(filepath.Dir(here), "..", "..", "..", "lookup", "lookup.c")
	path := filepath.Join(t.TempDir(), "lookup")
	if out, err := exec.Command(compiler[0], append(compiler[1:], "-o", path, source)...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}
