package lookups

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/isolated"
)

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
