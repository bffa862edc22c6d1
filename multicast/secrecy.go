package multicast

import (
	"errors"
	"fmt"

	"github.com/pion/sdp/v3"

	"parley/codecs"
	"parley/qos/rtp"
	"parley/qos/rtp/srtp"
)

// ErrNoKey is of encrypted media whose description does not tell the key.
var ErrNoKey = errors.New("RTP/SAVP without a=crypto")

// ciphers returns what encrypts a medium; nothing where it has no key.
func (m *MediaConfig) ciphers() (rtp.Ciphers, error) {
	if m.Crypto == nil {
		return rtp.Ciphers{}, nil
	}
	return srtp.Ciphers(m.Crypto)
}

// encrypted reports whether all media of the group are.
func (g GroupConfig) encrypted() bool {
	return g.Audio.encrypted() && g.Video.encrypted()
}

// encrypted reports whether a medium cannot be heard or seen without a key; so
// does none at all. UNENCRYPTED_SRTP proves who sends, and no more.
func (m *MediaConfig) encrypted() bool {
	return m == nil || m.Crypto != nil && m.Crypto.Encrypted()
}

// profile is the transport of a medium in its description.
func (m *MediaConfig) profile() string {
	if m.Crypto != nil {
		return "SAVP"
	}
	return "AVP"
}

// readCrypto takes a medium's key from its a=crypto lines (RFC 4568 4). Of
// several the first that is known counts: there is nobody to choose with. A
// secure profile without a key, which may be told beside the description (other),
// and a key under a plain profile, are refused: either would be sound in the clear
// where none was meant to be.
func readCrypto(m *sdp.MediaDescription, secure bool, other *srtp.Crypto) (*srtp.Crypto, error) {
	var found *srtp.Crypto
	var first error
	for _, a := range m.Attributes {
		if a.Key != "crypto" || found != nil {
			continue
		}
		c, err := srtp.Parse(a.Value)
		if err == nil {
			found = c
		} else if first == nil {
			first = err
		}
	}
	switch {
	case found == nil && first != nil:
		return nil, first
	case secure && found == nil && other != nil:
		return other, nil
	case secure && found == nil:
		return nil, fmt.Errorf("%w: %w", ErrNoKey, codecs.ErrUnsupported)
	case !secure && found != nil:
		return nil, fmt.Errorf("a=crypto needs RTP/SAVP: %w", codecs.ErrMalformed)
	}
	return found, nil
}
