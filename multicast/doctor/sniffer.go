package doctor

import (
	"errors"
	"net"
	"os"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// sniffer sees queries, and packets to the port of the probes, as they arrive at an
// interface, before the system's filters.
type sniffer struct{ file *os.File }

// openSniffer needs the right CAP_NET_RAW; the error is os.ErrPermission without.
func openSniffer(ifi *net.Interface, v6 bool, port uint16) (*sniffer, error) {
	protocol := uint16(unix.ETH_P_IP)
	if v6 {
		protocol = unix.ETH_P_IPV6
	}
	protocol = protocol<<8 | protocol>>8 // in the network's order
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	fail := func(err error) (*sniffer, error) { return nil, errors.Join(err, unix.Close(fd)) }
	filter, err := filterOf(v6, port)
	if err != nil {
		return fail(err)
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program); err != nil {
		return fail(err)
	}
	// Queries for a group go to that group, which we may just have left.
	all := unix.PacketMreq{Ifindex: int32(ifi.Index), Type: unix.PACKET_MR_ALLMULTI}
	if err := unix.SetsockoptPacketMreq(fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &all); err != nil {
		return fail(err)
	}
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: protocol, Ifindex: ifi.Index}); err != nil {
		return fail(err)
	}
	return &sniffer{os.NewFile(uintptr(fd), "packets of "+ifi.Name)}, nil
}

// filterOf lets through queries of IGMP or MLD, and UDP to a port.
func filterOf(v6 bool, port uint16) ([]unix.SockFilter, error) {
	accept, drop := bpf.RetConstant{Val: maxDatagram}, bpf.RetConstant{}
	program := []bpf.Instruction{
		bpf.LoadAbsolute{Off: 9, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolIGMP, SkipTrue: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: protocolUDP, SkipTrue: 4},
		bpf.LoadMemShift{Off: 0},
		bpf.LoadIndirect{Off: 2, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(port), SkipTrue: 1},
		accept, drop,
	}
	if v6 {
		program = []bpf.Instruction{
			bpf.LoadAbsolute{Off: 6, Size: 1},
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolUDP, SkipTrue: 4},
			bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: protocolHop, SkipTrue: 6},
			bpf.LoadAbsolute{Off: 48, Size: 1},
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: mldQuery, SkipTrue: 3},
			bpf.RetConstant{},
			bpf.LoadAbsolute{Off: 42, Size: 2},
			bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(port), SkipTrue: 1},
			accept, drop,
		}
	}
	raw, err := bpf.Assemble(program)
	if err != nil {
		return nil, err
	}
	out := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		out[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	return out, nil
}

// read hands over what arrives until close.
func (s *sniffer) read(take func([]byte)) {
	buf := make([]byte, maxDatagram)
	for {
		n, err := s.file.Read(buf)
		if errors.Is(err, unix.ENETDOWN) {
			continue
		}
		if err != nil {
			return
		}
		take(buf[:n])
	}
}

func (s *sniffer) close() error { return s.file.Close() }
