package webrtc

import (
	"errors"
	"fmt"
	"net"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"

	"parley/codecs"
	"parley/qos/accept"
)

// muxes are the sockets that all browsers share.
type muxes struct {
	conn     *markedConn
	udp      *ice.UDPMuxDefault
	listener net.Listener // nil: no TCP
	tcp      *ice.TCPMuxDefault
}

func openMuxes(cfg Config, log pionLog) (*muxes, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(cfg.UDP))
	if err != nil {
		return nil, fmt.Errorf("webrtc: media port: %w", err)
	}
	m := &muxes{conn: newMarkedConn(conn)}
	if cfg.TCP.IsValid() {
		l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(cfg.TCP))
		if err != nil {
			_ = conn.Close()
			return nil, fmt.Errorf("webrtc: ICE-TCP port: %w", err)
		}
		m.listener = accept.Within(l, accept.Limits{Total: maxTCPConnections, PerSource: maxTCPPerSource})
		m.tcp = ice.NewTCPMuxDefault(ice.TCPMuxParams{
			Listener:        m.listener,
			Logger:          log.NewLogger("tcpmux"),
			ReadBufferSize:  tcpReadQueue,
			WriteBufferSize: tcpWriteBuffer,
		})
	}
	m.udp = ice.NewUDPMuxDefault(ice.UDPMuxParams{Logger: log.NewLogger("udpmux"), UDPConn: m.conn})
	return m, nil
}

func (m *muxes) close() error {
	err := m.udp.Close()
	// The mux does not own a connection that it was given.
	if cerr := m.conn.Close(); cerr != nil && !errors.Is(cerr, net.ErrClosed) {
		err = errors.Join(err, cerr)
	}
	if m.tcp != nil {
		err = errors.Join(err, m.tcp.Close())
	}
	return err
}

// settings are the same for every PeerConnection.
func (m *muxes) settings(cfg Config, log pionLog) (webrtc.SettingEngine, error) {
	var s webrtc.SettingEngine
	s.LoggerFactory = log
	s.SetLite(true)
	s.SetICEUDPMux(m.udp)
	types := []webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6}
	if m.tcp != nil {
		s.SetICETCPMux(m.tcp)
		types = append(types, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6)
	}
	s.SetNetworkTypes(types)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetICETimeouts(iceDisconnected, cfg.ResumeWindow, pingEvery)
	// A browser on this machine may have no other address in common with it.
	addr := cfg.UDP.Addr()
	s.SetIncludeLoopbackCandidate(addr.IsLoopback() || (addr.IsUnspecified() && len(cfg.External) == 0))
	s.SetReceiveMTU(codecs.MaxPacket)
	if len(cfg.External) > 0 {
		rule := webrtc.ICEAddressRewriteRule{
			AsCandidateType: webrtc.ICECandidateTypeHost,
			Mode:            webrtc.ICEAddressRewriteAppend,
		}
		for _, a := range cfg.External {
			rule.External = append(rule.External, a.String())
		}
		if err := s.SetICEAddressRewriteRules(rule); err != nil {
			return s, fmt.Errorf("webrtc: external address: %w", err)
		}
	}
	return s, nil
}

// newAPI returns what makes a PeerConnection for a conference of formats.
func newAPI(settings webrtc.SettingEngine, formats []codecs.Format) (*webrtc.API, error) {
	media := &webrtc.MediaEngine{}
	if err := registerCodecs(media, formats); err != nil {
		return nil, err
	}
	registry := &interceptor.Registry{}
	for _, configure := range []func() error{
		func() error { return webrtc.ConfigureNack(media, registry) },
		func() error { return webrtc.ConfigureRTCPReports(registry) },
		// Reports by which the browser estimates how much it can send. The
		// other direction (GCC) is not estimated.
		func() error { return webrtc.ConfigureTWCCSender(media, registry) },
	} {
		if err := configure(); err != nil {
			return nil, err
		}
	}
	return webrtc.NewAPI(
		webrtc.WithMediaEngine(media),
		webrtc.WithInterceptorRegistry(registry),
		webrtc.WithSettingEngine(settings),
	), nil
}
