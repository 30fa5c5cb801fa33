package netfilter

import (
	"testing"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/isolated"
	"packetwalk.dev/agent/netns"
)

func TestASocketStaysInTheNamespaceItWasOpenedIn(t *testing.T) {
	isolated.Require(t)
	other := isolated.Command("sleep", "60")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = other.Process.Kill()
		_ = other.Wait()
	}()
	var there *netlink.Conn
	err := netns.Do(netns.OfProcess(other.Process.Pid), func() (err error) {
		there, err = Dial()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	here, err := Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer here.Close()
	if namespaceOf(t, there) == namespaceOf(t, here) {
		t.Error("it is in the namespace of the process")
	}
}

func namespaceOf(t *testing.T, conn *netlink.Conn) uint64 {
	t.Helper()
	raw, err := conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var cookie uint64
	var failure error
	err = raw.Control(func(fd uintptr) {
		cookie, failure = unix.GetsockoptUint64(int(fd), unix.SOL_SOCKET, unix.SO_NETNS_COOKIE)
	})
	if failure == unix.ENOPROTOOPT {
		t.Skip("this kernel does not tell a socket's namespace (Linux 5.14)")
	}
	if err != nil || failure != nil {
		t.Fatal(err, failure)
	}
	return cookie
}

func TestABatchReportsWhatIsRefused(t *testing.T) {
	isolated.Require(t)
	conn, err := Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	flush := request(t, unix.NFNL_SUBSYS_CTNETLINK<<8|2) // IPCTNL_MSG_CT_DELETE of everything
	unknown := request(t, unix.NFNL_SUBSYS_CTNETLINK<<8|0xff)
	for _, each := range []struct {
		batch []netlink.Message
		want  int
	}{
		{[]netlink.Message{flush, unknown, flush, unknown, flush}, 2},
		{[]netlink.Message{flush, unknown, unknown}, 2},
		{[]netlink.Message{flush}, 0},
		{[]netlink.Message{unknown}, 1},
	} {
		for range 2 { // a batch can be sent again, and no answer is left over from the first time
			refused := 0
			err := Batch(conn, each.batch, func(errno unix.Errno) {
				if errno != unix.EINVAL {
					t.Errorf("refused with %v", errno)
				}
				refused++
			})
			if err != nil || refused != each.want {
				t.Errorf("%d of %d refused (%v), want %d", refused, len(each.batch), err, each.want)
			}
		}
	}
}

func request(t *testing.T, kind netlink.HeaderType) netlink.Message {
	t.Helper()
	message, err := Request(kind, 0, unix.AF_INET, nil)
	if err != nil {
		t.Fatal(err)
	}
	return message
}
