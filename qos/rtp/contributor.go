package rtp

import (
	"slices"
	"time"

	"github.com/pion/rtcp"
)

// contributor is somebody whom the session stands for as a mixer: the CSRC of
// packets that it sends (RFC 3550 7.3).
type contributor struct {
	sdes  SDES
	heard time.Time // last in a CSRC list
	told  time.Time // last described
	turn  uint64    // of its own, for the rotation of the items
}

// DescribeContributor tells who a CSRC is (Header.CSRC). The session says so in
// its SDES while that CSRC is sent, in turn with the others, so that no report
// exceeds an MTU. With an empty CNAME it is forgotten.
func (s *Session) DescribeContributor(csrc uint32, sdes SDES) { s.machine.own.describe(csrc, sdes) }

func (o *ownStreams) describe(csrc uint32, sdes SDES) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if sdes.CNAME == "" {
		delete(o.described, csrc)
		return
	}
	c := o.described[csrc]
	if c == nil {
		if len(o.described) >= maxContributorsDescribed {
			return
		}
		c = new(contributor)
		o.described[csrc] = c
	}
	if c.sdes != sdes {
		c.sdes, c.told, c.turn = sdes, time.Time{}, 0 // what is new is told next
	}
}

// noteContributorsLocked takes the CSRC list of a packet that was sent.
func (o *ownStreams) noteContributorsLocked(now time.Time, list []uint32) {
	for _, csrc := range list {
		if c := o.described[csrc]; c != nil {
			c.heard = now
		}
	}
}

// chunks describes those who are heard and were not described for longest, in
// at most room octets.
func (o *ownStreams) chunks(now time.Time, limit, room int) (chunks []rtcp.SourceDescriptionChunk) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var due []uint32
	for csrc, c := range o.described {
		if !c.heard.IsZero() && now.Sub(c.heard) <= contributorTold {
			due = append(due, csrc)
		}
	}
	slices.SortFunc(due, func(a, b uint32) int { return o.described[a].told.Compare(o.described[b].told) })
	for _, csrc := range due[:min(len(due), limit)] {
		c := o.described[csrc]
		chunk := rtcp.SourceDescriptionChunk{Source: csrc, Items: items(&c.sdes, c.turn)}
		if room -= chunkSize(chunk.Items); room < 0 {
			break
		}
		c.told = now
		c.turn++
		chunks = append(chunks, chunk)
	}
	return chunks
}

// items is what is told of sdes in the turn-th report.
func items(sdes *SDES, turn uint64) []rtcp.SourceDescriptionItem {
	out := []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: cut(sdes.CNAME)}}
	if turn == 0 { // who joins is told all at once
		for kind := uint8(sdesName); kind <= sdesNote; kind++ {
			if text := *sdes.item(kind); text != "" {
				out = append(out, rtcp.SourceDescriptionItem{Type: rtcp.SDESType(kind), Text: cut(text)})
			}
		}
		return out
	}
	if kind := sdes.due(turn); kind != 0 {
		out = append(out, rtcp.SourceDescriptionItem{Type: rtcp.SDESType(kind), Text: cut(*sdes.item(kind))})
	}
	return out
}

// chunkSize is of a chunk with its SSRC, its end and its padding.
func chunkSize(items []rtcp.SourceDescriptionItem) int {
	n := 4 + 1
	for i := range items {
		n += 2 + len(items[i].Text)
	}
	return (n + 3) &^ 3
}
