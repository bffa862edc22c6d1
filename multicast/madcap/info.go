package madcap

import (
	"encoding/binary"
	"strings"
	"time"
)

// info answers GETINFO with what it asks for and is known (RFC 2730 2.2.1).
func (s *Server) info(m *Message, c client, f features, now time.Time) ([]byte, error) {
	list, _ := m.find(OptionRequestList)
	if len(list) < 2 || len(list)%2 != 0 {
		return nil, invalid(OptionRequestList)
	}
	if m.Family.size() == 0 {
		return nil, invalid(noOption)
	}
	out := s.infoWith(m, c, f, list, len(s.cfg.Scopes), true, now)
	if len(out) > c.most {
		out = s.infoWith(m, c, f, list, len(s.cfg.Scopes), false, now)
	}
	for n := len(s.cfg.Scopes) - 1; len(out) > c.most && n >= 0; n-- {
		out = s.infoWith(m, c, f, list, n, false, now)
	}
	s.stats.Acknowledged++
	return out, nil
}

// infoWith answers with the first scopes, and with their names or without: as
// much as the request is long enough for.
func (s *Server) infoWith(m *Message, c client, f features, list []byte, scopes int, names bool, now time.Time) []byte {
	w := reply(Ack, m, c)
	wanted := make(map[OptionCode]bool)
	for ; len(list) > 0; list = list[2:] {
		code := OptionCode(binary.BigEndian.Uint16(list))
		if wanted[code] {
			continue
		}
		switch wanted[code] = true; code {
		case OptionScopeList:
			w.option(code, s.scopeList(m, scopes, names)...)
		case OptionCurrentTime:
			w.uint32(code, seconds(now))
		case OptionFeatureList:
			f.listed = true
		}
	}
	w.features(f)
	return w.end()
}

// scopeList is the value of the Multicast Scope List (RFC 2730 3.10): a count,
// and of each scope its first and last address, TTL, and names.
func (s *Server) scopeList(m *Message, scopes int, names bool) []byte {
	out := []byte{0}
	for _, scope := range s.cfg.Scopes[:scopes] {
		if familyOf(scope.First) != m.Family || out[0] == 255 {
			continue
		}
		out[0]++
		out = append(out, scope.First.AsSlice()...)
		out = append(out, scope.Last.AsSlice()...)
		out = append(out, byte(scope.TTL))
		name := strings.ToValidUTF8(scope.Name[:min(len(scope.Name), 255)], "")
		if name == "" || !names {
			out = append(out, 0)
			continue
		}
		// One name, for whatever language: "used if no name is available".
		const language = "en"
		out = append(out, 1, 0x80, byte(len(language)))
		out = append(out, language...)
		out = append(out, byte(len(name)))
		out = append(out, name...)
	}
	return out
}
