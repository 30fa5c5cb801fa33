package lookups

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/internal/isolated"
)

var compilers = map[string][]string{
	"glibc": {"gcc", "-O2", "-pthread"},
	"musl":  {"musl-gcc", "-O2", "-static", "-pthread"},
}

// helperOf gives the path of a libc's helper: as the caller of the tests built it, or built here.
func helperOf(t *testing.T, libc string) string {
	t.Helper()
	if path := os.Getenv("PACKETWALK_LOOKUP_" + libc); path != "" {
		return path
	}
	compiler := compilers[libc]
	if _, err := exec.LookPath(compiler[0]); err != nil {
		t.Skipf("needs %s", compiler[0])
	}
	path := filepath.Join(t.TempDir(), "lookup")
	args := append(compiler[1:], "-o", path, filepath.Join("..", "..", "lookup", "lookup.c"))
	if out, err := exec.Command(compiler[0], args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// startUnder starts a helper with a resolver configuration of its own, in a mount namespace
// that only it sees.
func startUnder(t *testing.T, path, resolvConf string, atOnce int) *Helper {
	t.Helper()
	isolated.Require(t)
	file := filepath.Join(t.TempDir(), "resolv.conf")
	if err := os.WriteFile(file, []byte(resolvConf), 0o644); err != nil {
		t.Fatal(err)
	}
	type started struct {
		helper *Helper
		err    error
	}
	result := make(chan started)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread, which is elsewhere, ends with this goroutine
		err := elsewhere(file)
		var helper *Helper
		if err == nil {
			helper, err = Start(path, atOnce)
		}
		result <- started{helper, err}
	}()
	got := <-result
	if got.err != nil {
		t.Fatal(got.err)
	}
	t.Cleanup(got.helper.Close)
	return got.helper
}

// elsewhere gives this thread, and what it starts, a mount namespace in which resolv.conf is another.
func elsewhere(resolvConf string) error {
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	return unix.Mount(resolvConf, resolvConfFile, "", unix.MS_BIND, "")
}
