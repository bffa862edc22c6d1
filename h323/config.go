package h323

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"

	"parley/h323/h225"
	"parley/h323/internal/control"
	"parley/h323/media"
	"parley/qos"
)

// Config is what an Endpoint runs under.
type Config struct {
	// Listen are TCP addresses for call signalling, as a rule port 1720 on v4
	// and v6. None: only outgoing calls. Those leave from one of these addresses
	// where they are not all of the host.
	Listen []netip.AddrPort
	// TLS is call signalling over TLS.
	TLS TLS
	// External is the address by which others reach this host (NAT); it is told
	// instead of the local one, for H.245 and, by the owner, for media.
	External netip.Addr
	// H245Ports are for separate H.245 connections; zero: any.
	H245Ports PortRange
	// Name is the display and h323-ID; Aliases are further ones.
	Name    string
	Aliases []h225.AliasAddress
	// Product and Version of the vendor identifier.
	Product, Version string
	// TerminalType (H.245 table C.1); 0: 50, a terminal. 160 to 240 make it an
	// MCU.
	TerminalType uint8
	// Modes of calls made from here; a Dial may say others.
	Modes Modes
	// Encryption of media.
	Encryption EncryptionPolicy
	// Receive and Send are the capabilities of calls whose owner says none.
	Receive, Send *media.Set
	// Gatekeeper to ask for leave; nil: none.
	Gatekeeper Gatekeeper
	// Traversal knows the endpoints behind firewalls that are called from here, and
	// has their media ways opened from there (H.460.18, H.460.19); nil: none.
	Traversal Traversal
	// Tunnel takes RAS that comes within call signalling (H.460.17); nil: none is
	// taken.
	Tunnel RASTunnel
	// Firewalled tells that this endpoint is itself behind a firewall: the client
	// of H.460.18 and H.460.19 toward who is a server.
	Firewalled bool
	// DSCP marks call signalling and H.245.
	DSCP qos.DSCP
	// Admit is asked of each SETUP before anything is allocated for it, answered
	// or rung: nil lets it in. A *Refusal says why not. It must not block.
	Admit func(*Invitation) error
	// Refused is told of a SETUP that Admit let in, or was not asked of, and that the
	// endpoint itself refuses: by a limit, or for want of encryption. nil: it is
	// logged. It must not block.
	Refused func(*Invitation, *Refusal)
	// Incoming takes a call that was admitted, in the call's goroutine. It says
	// Proceed, Alert, Answer or Release, now or later.
	Incoming func(*Call)
	// Trace gets every message, as it went over the wire; nil: none.
	Trace func(*Traced)
	// MaxCalls, MaxCallsPerSource and SetupRate bound what strangers may cost;
	// 0: the defaults of limits.go.
	MaxCalls, MaxCallsPerSource int
	SetupRate                   float64 // SETUPs per second and source
	Log                         *slog.Logger
}

// PortRange is inclusive.
type PortRange struct{ Low, High uint16 }

// EncryptionPolicy is whether media is encrypted (H.235.6).
type EncryptionPolicy = control.EncryptionPolicy

// The policies.
const (
	EncryptionOff     = control.EncryptionOff
	EncryptionOffer   = control.EncryptionOffer
	EncryptionRequire = control.EncryptionRequire
)

// Modes of setting up a call. The zero value is fast connect, tunnelled H.245.
type Modes struct {
	NoFastStart  bool
	NoTunnelling bool // a separate H.245 connection
	// Parallel puts the first H.245 messages into the SETUP (H.323 clause
	// 8.2.4).
	Parallel bool
	// EarlyH245 tells the address for H.245 in the SETUP or its first answer,
	// instead of in CONNECT.
	EarlyH245 bool
	// Overlap sends the digits one after the other after SETUP (clause 8.1.12).
	Overlap bool
}

func (c *Config) check() error {
	for _, a := range slices.Concat(c.Listen, c.TLS.Listen) {
		if !a.IsValid() {
			return fmt.Errorf("h323: %v is no address to listen on", a)
		}
	}
	if len(c.TLS.Listen) > 0 && c.TLS.Server == nil {
		return errors.New("h323: who listens for TLS needs TLS.Server")
	}
	if c.H245Ports.Low > c.H245Ports.High {
		return fmt.Errorf("h323: ports for H.245 from %d to %d are none", c.H245Ports.Low, c.H245Ports.High)
	}
	if c.DSCP > 63 {
		return fmt.Errorf("h323: DSCP %d is above 63", c.DSCP)
	}
	if len(c.Listen)+len(c.TLS.Listen) > 0 && c.Incoming == nil {
		return errors.New("h323: who listens needs Incoming")
	}
	return nil
}

// endpointType is what this endpoint says of itself.
func (c *Config) endpointType() h225.EndpointType {
	v := &h225.VendorIdentifier{Vendor: h225.H221NonStandard{T35CountryCode: 0xb5}}
	if c.Product != "" {
		v.ProductID = clipped(c.Product)
	}
	if c.Version != "" {
		v.VersionID = clipped(c.Version)
	}
	t := h225.EndpointType{Vendor: v}
	switch {
	case c.TerminalType >= 160: // H.323 table 1
		t.MCU, t.MC = &h225.MCUInfo{}, true
	case c.TerminalType >= 60:
		t.Gateway = &h225.GatewayInfo{}
	default:
		t.Terminal = &h225.TerminalInfo{}
	}
	return t
}

// clipped keeps what productId and versionId take, and the SETUP small.
func clipped(text string) []byte { return []byte(text[:min(len(text), 64)]) }
