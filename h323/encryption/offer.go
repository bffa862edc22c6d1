package encryption

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// Offer is the caller's side of the exchange, of one call.
type Offer struct{ halves []*half }

// NewOffer makes half keys of the groups, of all of them where none is named.
// It takes some milliseconds of CPU. The error is that a group is not known.
func NewOffer(groups ...Group) (*Offer, error) {
	if len(groups) == 0 {
		groups = Groups()
	}
	o := new(Offer)
	for _, g := range groups {
		h, err := newHalf(g)
		if err != nil {
			return nil, err
		}
		o.halves = append(o.halves, h)
	}
	return o, nil
}

// Tokens returns the tokens of the SETUP, in the order of the groups.
func (o *Offer) Tokens() []h235.ClearToken {
	var tokens []h235.ClearToken
	for _, h := range o.halves {
		tokens = append(tokens, h.token())
	}
	return append(tokens, h235.ClearToken{TokenOID: oidVersion3})
}

// Accept takes the tokens of the CONNECT (or an earlier answer). The errors
// wrap ErrAbsent, ErrMalformed and ErrUnsupported: the media stays in the clear,
// or the call ends where policy wants it encrypted.
func (o *Offer) Accept(tokens []h235.ClearToken) (*Secret, error) {
	err := ErrAbsent
	for _, h := range o.halves {
		t := find(tokens, per.OID(h.group))
		if t == nil {
			continue
		}
		public, failed := peerHalf(t, h.group)
		if failed != nil {
			err = failed
			continue
		}
		return h.secret(public), nil
	}
	return nil, err
}

// Answer takes the tokens of a SETUP and returns those of the CONNECT, for the
// first of the groups (of all of them where none is named) that the caller
// offers. The errors wrap ErrAbsent, ErrMalformed and ErrUnsupported.
func Answer(tokens []h235.ClearToken, groups ...Group) ([]h235.ClearToken, *Secret, error) {
	if len(groups) == 0 {
		groups = Groups()
	}
	err := ErrAbsent
	for _, g := range groups {
		t := find(tokens, per.OID(g))
		if t == nil {
			continue
		}
		public, failed := peerHalf(t, g)
		if failed != nil {
			err = failed
			continue
		}
		h, failed := newHalf(g)
		if failed != nil {
			return nil, nil, failed
		}
		return []h235.ClearToken{h.token(), {TokenOID: oidVersion3}}, h.secret(public), nil
	}
	return nil, nil, err
}

// Offered tells whether the tokens of a SETUP offer encryption that Answer can
// take, as far as is seen without computing it.
func Offered(tokens []h235.ClearToken) bool {
	for _, g := range Groups() {
		if t := find(tokens, per.OID(g)); t != nil && t.DHKey != nil {
			return true
		}
	}
	return false
}

func find(tokens []h235.ClearToken, oid per.OID) *h235.ClearToken {
	for i := range tokens[:min(len(tokens), maxTokens)] {
		if tokens[i].TokenOID == oid {
			return &tokens[i]
		}
	}
	return nil
}
