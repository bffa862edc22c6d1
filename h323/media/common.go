package media

import "slices"

// Common returns what local can send of what remote receives, for one kind and
// role, in local's order: each already cut down to the smaller of both sides
// (size, rate, profile and level, frames per packet). Of several of remote that
// fit, the one counts that allows most, then the first. Payload types are
// remote's where it names one, and else static. Raw is nil. Algorithm is the
// first of local's Encryption that remote has as well, where remote offers the
// capability under H.235.6; without one, what either side will not have in the
// clear is not common.
func Common(local, remote *Set, kind Kind, role Role) []Capability {
	var out []Capability
	for i := range local.Capabilities {
		own := &local.Capabilities[i]
		if own.Kind != kind || own.Role != role {
			continue
		}
		best, found := Capability{}, false
		for j := range remote.Capabilities {
			theirs := &remote.Capabilities[j]
			if theirs.Kind != kind || theirs.Role != role {
				continue
			}
			c, ok := own.common(theirs)
			if ok && theirs.Algorithm != "" {
				c.Algorithm = commonAlgorithm(local, remote)
			}
			c.EncryptedOnly = own.EncryptedOnly || theirs.EncryptedOnly
			if c.EncryptedOnly && c.Algorithm == "" {
				continue
			}
			if ok && (!found || c.extent() > best.extent()) {
				best, found = c, true
			}
		}
		if found && !contains(out, &best) {
			out = append(out, best)
		}
	}
	return out
}

// commonAlgorithm returns the cipher to send under.
func commonAlgorithm(local, remote *Set) string {
	for _, oid := range local.Encryption {
		if slices.Contains(remote.Encryption, oid) {
			return oid
		}
	}
	return ""
}

// contains reports whether there is a channel of the same kind already: two own
// capabilities may be cut down to one.
func contains(list []Capability, c *Capability) bool {
	for i := range list {
		if list[i].Format == c.Format && list[i].EncryptedOnly == c.EncryptedOnly {
			return true
		}
	}
	return false
}

// common is what sender c and receiver r have in common.
func (c *Capability) common(r *Capability) (Capability, bool) {
	out := Capability{
		Kind: c.Kind, Role: c.Role, Format: c.Format,
		Frames:      smaller(c.Frames, r.Frames),
		MaxBitRate:  smaller(c.MaxBitRate, r.MaxBitRate),
		PayloadType: r.PayloadType,
	}
	if c.Format.IsZero() || r.Format.IsZero() {
		return out, false
	}
	switch {
	case c.Format.Name == formatH263 && isH263v2(r.Format.Name):
		// Whoever decodes a later version decodes the first one, whose payload
		// format (RFC 2190) goes without saying.
		out.PayloadType = 34
	case c.Format.Name == formatH263v2 && r.Format.Name == formatH263v3:
	case !sameEncoding(c, r):
		return out, false
	}
	switch c.Format.Name {
	case formatH261:
		s := h261Sizes(c.Format).common(h261Sizes(r.Format))
		out.Format = s.with(videoFormat(formatH261))
		return out, s.any()
	case formatH263, formatH263v2, formatH263v3:
		s := h263Sizes(c.Format).common(h263Sizes(r.Format))
		a := h263AnnexesOf(c.Format).common(h263AnnexesOf(r.Format))
		if c.Format.Name == formatH263 {
			a = h263Annexes{f: a.f}
		}
		out.Format = a.with(s.with(videoFormat(c.Format.Name)))
		return out, s.any()
	case formatH264:
		a, ok := h264Of(c.Format)
		b, ok2 := h264Of(r.Format)
		if !ok || !ok2 {
			return out, false
		}
		out.Format = a.common(b).format()
	case formatH224:
		out.Format = r.Format // in the framing that they read
	case formatG729:
		if v, _ := r.Format.Param("annexb"); v == "no" {
			out.Format.Fmtp = r.Format.Fmtp
		}
	default:
		if r.Format.Fmtp != "" {
			out.Format.Fmtp = r.Format.Fmtp
		}
	}
	return out, true
}

func isH263v2(name string) bool { return name == formatH263v2 || name == formatH263v3 }

// sameEncoding compares what must be the same in any case.
func sameEncoding(a, b *Capability) bool {
	f, g := &a.Format, &b.Format
	if !f.Is(g.Name) || f.ClockRate != g.ClockRate || f.Channels != g.Channels {
		return false
	}
	if f.Is(formatG7221) {
		// The rate is fixed by the session, not by the packet (RFC 5577 clause 5).
		x, _ := f.Param("bitrate")
		y, _ := g.Param("bitrate")
		return x == y
	}
	return true
}

// extent orders what may be sent: macroblocks per second of a video.
func (c *Capability) extent() int {
	switch c.Format.Name {
	case formatH261:
		return h261Sizes(c.Format).macroblocks()
	case formatH263, formatH263v2, formatH263v3:
		return h263Sizes(c.Format).macroblocks()
	case formatH264:
		h, _ := h264Of(c.Format)
		return int(h.mbps)
	}
	return 0
}

// smaller of two bounds, of which 0 is none.
func smaller(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// Takes reports whether a channel of data type c may carry what offered asks
// for: same codec, and no more than c's size, profile and level. Role and
// encryption are not compared. Nor is the rate: the OpenH323 family opens with
// the rate of its own capability, and flowControlCommand bounds it (H.323
// clause 6.2.11.2); nor are frames per packet, of which receivers take more than
// they announce.
func (c Capability) Takes(offered Capability) bool {
	if c.Kind != offered.Kind || c.Format.IsZero() || !sameEncoding(&c, &offered) {
		return false
	}
	switch c.Format.Name {
	case formatH261:
		return h261Sizes(c.Format).cover(h261Sizes(offered.Format))
	case formatH263, formatH263v2, formatH263v3:
		return h263Sizes(c.Format).cover(h263Sizes(offered.Format)) &&
			h263AnnexesOf(c.Format).cover(h263AnnexesOf(offered.Format))
	case formatH264:
		a, ok := h264Of(c.Format)
		b, ok2 := h264Of(offered.Format)
		return ok && ok2 && a.takes(b)
	}
	return true
}

// Decodes reports whether a receiver of c can be expected to make something of
// a channel of data type offered: same codec, a profile of H.264 within its own,
// whatever the size and level. Makers open with their own capability instead of
// the receiver's, and decoders reach beyond the level that they declare.
func (c Capability) Decodes(offered Capability) bool {
	if c.Kind != offered.Kind || c.Format.IsZero() || !sameEncoding(&c, &offered) {
		return false
	}
	if c.Format.Is(formatH264) {
		a, ok := h264Of(c.Format)
		b, ok2 := h264Of(offered.Format)
		return ok && ok2 && a.profile.decodes(b.profile)
	}
	return true
}

// SymmetricWith reports whether sending c while receiving d needs no transcoder
// in a terminal that has one codec (H.245 symmetricalCapabilities): the same
// codec, and of H.264 the same profile.
func (c Capability) SymmetricWith(d Capability) bool {
	if c.Kind != d.Kind || c.Format.IsZero() || !sameEncoding(&c, &d) {
		return false
	}
	if c.Format.Is(formatH264) {
		a, ok := h264Of(c.Format)
		b, ok2 := h264Of(d.Format)
		return ok && ok2 && a.profile == b.profile
	}
	return true
}
