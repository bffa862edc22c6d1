package sipbridge

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// allow are the methods that are understood.
const allow = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"

// tuneStack sets what sipgo keeps in package variables.
var tuneStack = sync.OnceFunc(func() {
	// sipgo sends nothing over UDP that exceeds UDPMTUSize-200. RFC 3261 18.1.1
	// has such a bound for requests alone, and a 200 with a session description
	// of sound and pictures passes it; IP fragments it.
	sip.UDPMTUSize = maxMessage
	// A transport made outside of sipgo logs here, whole messages of strangers
	// as errors.
	sip.SetDefaultLogger(slog.New(slog.DiscardHandler))
})

// newAgent sets up sipgo: transports, transactions, and who gets requests.
func (s *Server) newAgent() error {
	tuneStack()
	log := slog.New(&foreignLog{s.log.Handler()})
	parser := sip.NewParser()
	parser.MaxMessageLength = maxMessage
	ua, err := sipgo.NewUA(
		sipgo.WithUserAgent(s.cfg.UserAgent),
		sipgo.WithUserAgentParser(parser),
		sipgo.WithUserAgentTransportLayerOptions(
			sip.WithTransportLayerLogger(log),
			sip.WithTransportLayerReadFilter(s.filter), // before the transports, which copy it
			sip.WithTransportLayerTransports(sip.TransportsConfig{
				TCP: &sip.TransportTCP{ReadTimeout: tcpIdle, WriteTimeout: 5 * time.Second},
			}),
		),
		sipgo.WithUserAgentTransactionLayerOptions(
			sip.WithTransactionLayerLogger(log),
			sip.WithTransactionLayerUnhandledResponseHandler(func(*sip.Response) {}),
		),
	)
	if err != nil {
		return err
	}
	uas, err := sipgo.NewServer(ua, sipgo.WithServerLogger(log))
	if err != nil {
		return err
	}
	client, err := sipgo.NewClient(ua, sipgo.WithClientLogger(log))
	if err != nil {
		return err
	}
	s.ua, s.uas, s.client = ua, uas, client
	uas.OnInvite(s.screened(s.onInvite))
	uas.OnAck(s.screened(s.onAck))
	uas.OnBye(s.screened(s.onBye))
	uas.OnCancel(s.screened(s.onCancel))
	uas.OnOptions(s.screened(s.onOptions))
	uas.OnInfo(s.screened(s.onInfo))
	uas.OnUpdate(s.screened(s.onUpdate))
	uas.OnNoRoute(s.screened(s.onOther))
	return nil
}

// filter sees what is read before it is parsed. Once deaf, nothing passes: a
// message that sipgo handles after its sockets were closed makes it open a new
// one, which nobody would close.
func (s *Server) filter(_ sip.TransportReadProps, data []byte) ([]byte, error) {
	if s.deaf.Load() {
		return nil, nil
	}
	return data, nil
}

// screened lets f have only requests that make sense, and counts it as work
// that Close waits for.
func (s *Server) screened(f sipgo.RequestHandler) sipgo.RequestHandler {
	return func(req *sip.Request, tx sip.ServerTransaction) {
		r := screen(req)
		if r != nil {
			s.counters.malformed.Add(1)
		} else if s.enter() {
			defer s.work.Done()
			f(req, tx)
			return
		} else if req.Method == sip.ACK {
			s.noteACK(req)
			return
		} else {
			r = refuse(503, "Shutting Down")
		}
		s.refuse(req, tx, r)
	}
}

// refuse answers req with r. An ACK is never answered (RFC 3261 17).
func (s *Server) refuse(req *sip.Request, tx sip.ServerTransaction, r *refusal) {
	if req.Method == sip.ACK {
		return
	}
	if req.Method == sip.INVITE {
		s.counters.refused.Add(1)
	}
	s.log.Debug("SIP request refused", "method", req.Method, "source", req.Source(), "status", r.status, "reason", r.reason)
	s.respond(tx, r.response(req))
}

func (s *Server) respond(tx sip.ServerTransaction, res *sip.Response) {
	res.AppendHeader(sip.NewHeader("Server", s.cfg.UserAgent))
	if err := tx.Respond(res); err != nil {
		s.log.Debug("SIP response not sent", "status", res.StatusCode, "error", err)
	}
}

// onOther answers methods that are not understood (RFC 3261 8.2.1).
func (s *Server) onOther(req *sip.Request, tx sip.ServerTransaction) {
	s.refuse(req, tx, refuse(405, "Method Not Allowed", sip.NewHeader("Allow", allow)))
}

// onOptions tells what is understood (RFC 3261 11.2). Within a dialog it asks
// whether the dialog is still there.
func (s *Server) onOptions(req *sip.Request, tx sip.ServerTransaction) {
	if hasToTag(req) && s.find(req) == nil {
		s.refuse(req, tx, refuse(481, "Call Does Not Exist"))
		return
	}
	res := sip.NewResponseFromRequest(req, 200, "OK", nil)
	res.AppendHeader(sip.NewHeader("Allow", allow))
	res.AppendHeader(sip.NewHeader("Accept", mediaSDP+", "+mediaControl))
	res.AppendHeader(sip.NewHeader("Accept-Encoding", "identity"))
	res.AppendHeader(sip.NewHeader("Supported", ""))
	s.respond(tx, res)
}

// onCancel gets a CANCEL whose INVITE is not there any more; sipgo answers
// the others itself (RFC 3261 9.2).
func (s *Server) onCancel(req *sip.Request, tx sip.ServerTransaction) {
	s.refuse(req, tx, refuse(481, "Transaction Does Not Exist"))
}

func hasToTag(req *sip.Request) bool {
	return tagOf(req.To().Params) != ""
}

// foreignLog lowers what sipgo calls errors: nearly all are what strangers
// sent, and it quotes whole datagrams.
type foreignLog struct{ slog.Handler }

// Enabled implements slog.Handler.
func (h *foreignLog) Enabled(ctx context.Context, _ slog.Level) bool {
	return h.Handler.Enabled(ctx, slog.LevelDebug)
}

// Handle implements slog.Handler.
func (h *foreignLog) Handle(ctx context.Context, r slog.Record) error {
	r.Level = slog.LevelDebug
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h *foreignLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &foreignLog{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h *foreignLog) WithGroup(name string) slog.Handler {
	return &foreignLog{h.Handler.WithGroup(name)}
}
