package sipbridge

import (
	"context"
	"errors"
	"net/netip"

	"github.com/emiago/sipgo/sip"

	"parley/conference"
)

// enterable returns the conference that was dialled. For somebody's number or
// name it calls them, while the caller hears it ring, and returns the
// conference in which they have answered.
func (s *Server) enterable(req *sip.Request, tx sip.ServerTransaction, dialled string, from netip.Addr, tag string) (*conference.Conference, error) {
	address, ok := s.bridge.Locate(dialled, from)
	if !ok {
		id, err := s.bridge.Resolve(dialled)
		if err != nil {
			return nil, err
		}
		return s.bridge.Open(id)
	}
	ctx, cancel := context.WithTimeout(s.ctx, dialTimeout)
	defer cancel()
	if !tx.OnCancel(func(*sip.Request) { cancel() }) {
		cancel()
	}
	ringing := sip.NewResponseFromRequest(req, 180, "Ringing", nil)
	ringing.To().Params.Add("tag", tag)
	if err := tx.Respond(ringing); err != nil {
		return nil, err
	}
	conf, err := s.bridge.Call(ctx, address, callerOf(req))
	if err != nil && !toldAsIs(err) {
		s.log.Info("call not put through", "dialled", conference.WithoutPIN(dialled), "to", conference.WithoutPIN(address), "error", err)
		return nil, refuse(480, "Not Reachable")
	}
	return conf, err
}

// toldAsIs are the reasons that the caller is told; what else went wrong
// between here and who was called is nothing of the caller's request.
func toldAsIs(err error) bool {
	for _, known := range []error{
		conference.ErrBusy, conference.ErrNoAnswer, conference.ErrDeclined, conference.ErrNobody,
		conference.ErrFull, conference.ErrClosed,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}
