package h224

import (
	"fmt"
)

// Messages of the client management entity (H.224 clause 8).
const (
	clientList        = 0x01
	extraCapabilities = 0x02
	managementMessage = 0x00
	managementCommand = 0xff // asks for the message
)

// Management is a message of the client management entity (CME): which clients
// a terminal has, and what one of them can do.
type Management struct {
	// Extra tells of or asks for the extra capabilities of a client; else it is
	// the list of clients.
	Extra bool
	// Command asks for the message of the same kind.
	Command bool
	// Clients are those of the list; of Extra the one.
	Clients []ListedClient
	// Capabilities of the client, for Extra, as its protocol has them.
	Capabilities []byte
}

// ListedClient is a client that a terminal has.
type ListedClient struct {
	Client
	// HasExtra tells that it has extra capabilities to ask for.
	HasExtra bool
}

// ParseManagement reads the data of a frame whose Client is the CME. The error
// wraps ErrMalformed, or ErrUnsupported for a message that is not known.
func ParseManagement(data []byte) (Management, error) {
	if len(data) < 2 {
		return Management{}, fmt.Errorf("h224: management of %d octets: %w", len(data), ErrMalformed)
	}
	m := Management{Extra: data[0] == extraCapabilities, Command: data[1] == managementCommand}
	if data[0] != clientList && !m.Extra || data[1] != managementMessage && !m.Command {
		return Management{}, fmt.Errorf("h224: management % x: %w", data[:2], ErrUnsupported)
	}
	rest, count := data[2:], 1
	switch {
	case m.Command && (!m.Extra || len(rest) == 0):
		return m, nil
	case !m.Extra:
		if len(rest) == 0 {
			return Management{}, fmt.Errorf("h224: client list without a count: %w", ErrMalformed)
		}
		count, rest = int(rest[0]), rest[1:]
	}
	for range min(count, maxClients) {
		var c ListedClient
		var err error
		if c.Client, c.HasExtra, rest, err = parseClient(rest); err != nil {
			return Management{}, err
		}
		m.Clients = append(m.Clients, c)
	}
	if m.Extra && !m.Command {
		m.Capabilities = rest
	}
	return m, nil
}

// Append appends the message as a frame's data.
func (m *Management) Append(dst []byte) []byte {
	kind, action := byte(clientList), byte(managementMessage)
	if m.Extra {
		kind = extraCapabilities
	}
	if m.Command {
		action = managementCommand
	}
	dst = append(dst, kind, action)
	if !m.Extra {
		if m.Command {
			return dst
		}
		dst = append(dst, byte(len(m.Clients)))
	}
	for _, c := range m.Clients {
		var flag byte
		if c.HasExtra {
			flag = 0x80
		}
		dst = c.appendTo(dst, flag)
	}
	return append(dst, m.Capabilities...)
}
