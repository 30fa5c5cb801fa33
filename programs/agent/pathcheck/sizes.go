package pathcheck

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// overhead of a datagram in an IPv4 packet.
	overhead = 20 + 8
	// smallest is what every IPv4 host takes.
	smallest = 576
	tries    = 3
	patience = 250 * time.Millisecond
)

// Sizes says which packets with DF pass to the server. Their answers are short: the way back is not asked.
type Sizes struct {
	// Verdict: clear (the device's MTU passes), told (less passes, and ICMP says so), black-hole (less passes, and nobody
	// says so) or no-answer (nothing passes).
	Verdict string `json:"verdict"`
	// DeviceMTU of the device by which they leave.
	DeviceMTU int `json:"deviceMtu"`
	// Passes is the largest that did, and Fails the smallest that did not, in bytes of the IP packet; nil: none.
	Passes *int `json:"passes"`
	Fails  *int `json:"fails"`
	// ToldMTU is what ICMP said that passes; nil: nobody said anything.
	ToldMTU *int `json:"toldMtu"`
}

// ProbeSizes sends packets of sizes up to the device's MTU, with DF, and looks for the largest that is answered.
func ProbeSizes(server *net.UDPAddr, deviceMTU int) (Sizes, error) {
	result := Sizes{DeviceMTU: deviceMTU}
	ask := func(size int) (bool, error) {
		passes, told, err := probe(server, size)
		if told > 0 {
			result.ToldMTU = &told
		}
		return passes, err
	}
	passes, err := ask(deviceMTU)
	if err != nil {
		return result, err
	}
	if passes {
		result.Verdict, result.Passes = "clear", &deviceMTU
		return result, nil
	}
	low, high := min(smallest, deviceMTU), deviceMTU
	if passes, err = ask(low); err != nil {
		return result, err
	}
	if !passes {
		result.Verdict, result.Fails = "no-answer", &low
		return result, nil
	}
	for high-low > 1 {
		middle := (low + high) / 2
		if passes, err = ask(middle); err != nil {
			return result, err
		}
		if passes {
			low = middle
		} else {
			high = middle
		}
	}
	result.Verdict, result.Passes, result.Fails = "black-hole", &low, &high
	if result.ToldMTU != nil {
		result.Verdict = "told"
	}
	return result, nil
}

// probe says whether a packet of this size is answered, and what ICMP says that would pass; 0: nothing.
func probe(server *net.UDPAddr, size int) (passes bool, toldMTU int, err error) {
	conn, err := net.DialUDP("udp4", nil, server)
	if err != nil {
		return false, 0, err
	}
	defer conn.Close()
	if err := dontFragment(conn); err != nil {
		return false, 0, err
	}
	packet := make([]byte, size-overhead)
	packet[0] = askSize
	answer := make([]byte, answerHeader)
	for number := range uint64(tries) {
		binary.BigEndian.PutUint64(packet[1:], number)
		_, err := conn.Write(packet)
		if err == nil {
			err = awaitAnswer(conn, packet, answer)
		}
		switch {
		case err == nil:
			return true, toldMTU, nil
		case errors.Is(err, unix.EMSGSIZE):
			if toldMTU, err = knownMTU(conn); err != nil {
				return false, 0, err
			}
			return false, toldMTU, nil
		case !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, unix.ECONNREFUSED):
			return false, 0, err
		}
	}
	return false, toldMTU, nil
}

func awaitAnswer(conn *net.UDPConn, packet, answer []byte) error {
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	want := sha256.Sum256(packet)
	for {
		length, err := conn.Read(answer)
		if err != nil {
			return err
		}
		// Another digest: it came, and that it came damaged is for Integrity to say.
		if length == answerHeader && string(answer[:header]) == string(packet[:header]) && string(answer[header:]) == string(want[:]) {
			return nil
		}
	}
}

func knownMTU(conn *net.UDPConn) (mtu int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	var refused error
	err = raw.Control(func(descriptor uintptr) {
		mtu, refused = unix.GetsockoptInt(int(descriptor), unix.IPPROTO_IP, unix.IP_MTU)
	})
	if err = errors.Join(err, refused); err != nil {
		return 0, fmt.Errorf("the path's MTU that the kernel knows can't be read: %w", err)
	}
	return mtu, nil
}
