package h323

// Stats of an Endpoint; counts since its start but for Active and Connections.
type Stats struct {
	Active, Connections                           int
	Incoming, Outgoing, Answered, Refused, Failed uint64
	Malformed, OverLimit                          uint64
	Messages                                      uint64
	Strangers                                     uint64 // connections to ports for H.245, of others than the peer
	Insecure                                      uint64 // connections on which TLS failed
}

// Stats is a snapshot.
func (e *Endpoint) Stats() Stats {
	e.mu.Lock()
	active, connections := len(e.calls), len(e.connections)
	e.mu.Unlock()
	return Stats{
		Active: active, Connections: connections,
		Incoming: e.incoming.Load(), Outgoing: e.outgoing.Load(), Answered: e.answered.Load(),
		Refused: e.refused.Load(), Failed: e.failed.Load(),
		Malformed: e.malformed.Load(), OverLimit: e.overLimit.Load(), Messages: e.messages.Load(),
		Strangers: e.strangers.Load(), Insecure: e.insecure.failed.Load(),
	}
}
