package pathcheck

import (
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"packetwalk.dev/agent/isolated"
	"packetwalk.dev/agent/netns"
)

const port = 8091

var server = &net.UDPAddr{IP: net.IPv4(10, 0, 2, 2), Port: port}

func run(t *testing.T, words ...string) {
	t.Helper()
	if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", strings.Join(words, " "), err, out)
	}
}

func inNamespace(t *testing.T, pid int, line string) {
	t.Helper()
	run(t, append([]string{"nsenter", fmt.Sprintf("--net=%s", netns.OfProcess(pid))}, strings.Fields(line)...)...)
}

func namespace(t *testing.T) int {
	t.Helper()
	holder := isolated.Command("sleep", "120")
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = holder.Process.Kill()
		_ = holder.Wait()
	})
	return holder.Process.Pid
}

// walk puts a router between this namespace and the server's, whose way on takes packets of at most so many bytes.
func walk(t *testing.T, mtuBeyond int) {
	t.Helper()
	isolated.Require(t)
	router, far := namespace(t), namespace(t)
	run(t, strings.Fields(fmt.Sprintf("ip link add near type veth peer name in netns %d", router))...)
	t.Cleanup(func() { _ = exec.Command("ip", "link", "del", "near").Run() })
	inNamespace(t, router, fmt.Sprintf("ip link add out type veth peer name far netns %d", far))
	run(t, strings.Fields("ip address add 10.0.1.2/24 dev near")...)
	run(t, strings.Fields("ip link set near up")...)
	run(t, strings.Fields("ip route replace default via 10.0.1.1")...)
	for _, line := range []string{
		"ip address add 10.0.1.1/24 dev in", "ip address add 10.0.2.1/24 dev out", "ip link set in up", "ip link set out up",
		"sysctl -q -w net.ipv4.ip_forward=1", fmt.Sprintf("ip link set out mtu %d", mtuBeyond),
	} {
		inNamespace(t, router, line)
	}
	for _, line := range []string{"ip address add 10.0.2.2/24 dev far", "ip link set far up", "ip route add default via 10.0.2.1"} {
		inNamespace(t, far, line)
	}
	go func() { _ = netns.Do(netns.OfProcess(far), func() error { return Serve(port) }) }()
	for begin := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		conn, err := net.DialTimeout("tcp4", server.String(), time.Second)
		if err == nil {
			conn.Close()
			return
		}
		if time.Since(begin) > 5*time.Second {
			t.Fatal(err)
		}
	}
}

func TestAClearPathIsClearAndWhole(t *testing.T) {
	walk(t, 1500)
	sizes, err := ProbeSizes(server, 1500)
	if err != nil || sizes.Verdict != "clear" || *sizes.Passes != 1500 || sizes.Fails != nil {
		t.Errorf("%+v, %v", sizes, err)
	}
	whole, err := CheckIntegrity(server, 1500, 100, 1<<20)
	if err != nil || whole.Whole != 100 || whole.StreamSame == nil || !*whole.StreamSame {
		t.Errorf("%+v, %v", whole, err)
	}
	made := CountConnections(server, 2, 50*time.Millisecond)
	if made.Made == 0 || len(made.Failed) != 0 {
		t.Errorf("%+v", made)
	}
	bulk, err := SendBulk(server, 2, 50*time.Millisecond)
	if err != nil || bulk.Bytes == 0 {
		t.Errorf("%+v, %v", bulk, err)
	}
}

func TestASmallerPathThatSaysSoIsNoBlackHole(t *testing.T) {
	walk(t, 1400)
	sizes, err := ProbeSizes(server, 1500)
	if err != nil || sizes.Verdict != "told" || *sizes.Passes != 1400 || *sizes.Fails != 1401 || *sizes.ToldMTU != 1400 {
		t.Errorf("%+v, %v", sizes, err)
	}
}

func TestABlackHoleIsNamed(t *testing.T) {
	walk(t, 1400)
	rule := strings.Fields("INPUT -i near -p icmp -j DROP")
	run(t, append([]string{"iptables", "-A"}, rule...)...)
	t.Cleanup(func() { _ = exec.Command("iptables", append([]string{"-D"}, rule...)...).Run() })
	sizes, err := ProbeSizes(server, 1500)
	if err != nil || sizes.Verdict != "black-hole" || *sizes.Passes != 1400 || *sizes.Fails != 1401 || sizes.ToldMTU != nil {
		t.Errorf("%+v, %v", sizes, err)
	}
}

func TestNobodyThereIsNoBlackHole(t *testing.T) {
	isolated.Require(t)
	sizes, err := ProbeSizes(&net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9}, 1500)
	if err != nil || sizes.Verdict != "no-answer" || sizes.Passes != nil {
		t.Errorf("%+v, %v", sizes, err)
	}
}

// relay stands between client and server and damages, of each ten datagrams to the server and of each ten back, one; and
// one byte of a stream.
func relay(t *testing.T) *net.UDPAddr {
	t.Helper()
	taken, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(10, 0, 1, 2)})
	if err != nil {
		t.Fatal(err)
	}
	address := taken.LocalAddr().(*net.UDPAddr)
	onward, err := net.DialUDP("udp4", nil, server)
	if err != nil {
		t.Fatal(err)
	}
	streams, err := net.Listen("tcp4", address.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close(); onward.Close(); streams.Close() })
	clients := make(chan *net.UDPAddr, 1024)
	pass := func(read func([]byte) (int, error), write func([]byte) error, tenth int) {
		buffer := make([]byte, 4096)
		for number := 0; ; number++ {
			length, err := read(buffer)
			if err != nil {
				return
			}
			if number%10 == tenth {
				buffer[length-1] ^= 1
			}
			_ = write(buffer[:length])
		}
	}
	go pass(func(into []byte) (int, error) {
		length, from, err := taken.ReadFromUDP(into)
		clients <- from
		return length, err
	}, func(packet []byte) error { _, err := onward.Write(packet); return err }, 3)
	go pass(onward.Read, func(packet []byte) error { _, err := taken.WriteToUDP(packet, <-clients); return err }, 7)
	go func() {
		for {
			conn, err := streams.Accept()
			if err != nil {
				return
			}
			out, err := dial(server)
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(out, io.LimitReader(conn, 5000))
				damaged := make([]byte, 1)
				_, _ = io.ReadFull(conn, damaged)
				damaged[0] ^= 1
				_, _ = out.Write(damaged)
				_, _ = io.Copy(out, conn)
				_ = out.CloseWrite()
			}()
			go func() {
				_, _ = io.Copy(conn, out)
				conn.Close()
			}()
		}
	}()
	return address
}

func TestACorruptingRelayIsFound(t *testing.T) {
	walk(t, 1500)
	found, err := CheckIntegrity(relay(t), 1400, 100, 1<<20)
	if err != nil || found.CorruptedThere != 10 || found.CorruptedBack != 10 || found.Whole != 80 || found.Lost != 0 {
		t.Errorf("%+v, %v", found, err)
	}
	if found.StreamSame == nil || *found.StreamSame {
		t.Errorf("a stream with one bit changed passed as whole: %+v", found)
	}
}
