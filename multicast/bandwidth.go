package multicast

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/pion/sdp/v3"

	"parley/codecs"
	"parley/qos/rtp"
)

// The modifiers of b= (RFC 8866 5.8, RFC 3556).
const (
	bandwidthAS = "AS"
	bandwidthRS = "RS"
	bandwidthRR = "RR"
)

// bandwidth is the session bandwidth (RFC 3550 6.2) in kbit/s where f is sent.
func (m *MediaConfig) bandwidth(f codecs.Format) int {
	if m.Bandwidth > 0 {
		return m.Bandwidth
	}
	if kbps := m.taken(f); kbps > 0 {
		return kbps
	}
	if f.Media() != codecs.MediaVideo {
		return DefaultAudioBandwidth
	}
	return DefaultVideoBandwidth
}

// bandwidthLines are the b= lines of the medium's description.
func (m *MediaConfig) bandwidthLines(f codecs.Format) []sdp.Bandwidth {
	out := []sdp.Bandwidth{{Type: bandwidthAS, Bandwidth: uint64(m.bandwidth(f))}}
	if r := m.RTCPBandwidth; r != nil {
		out = append(out, sdp.Bandwidth{Type: bandwidthRS, Bandwidth: uint64(r.Senders)},
			sdp.Bandwidth{Type: bandwidthRR, Bandwidth: uint64(r.Receivers)})
	}
	return out
}

// readBandwidth takes what a medium may take, and its RTCP; of several lines of a
// kind the last counts.
func (m *MediaConfig) readBandwidth(lines []sdp.Bandwidth) {
	told := make(map[string]int)
	for _, b := range lines {
		if !b.Experimental {
			told[b.Type] = int(min(b.Bandwidth, 1000*MaxBandwidth))
		}
	}
	m.Bandwidth = min(told[bandwidthAS], MaxBandwidth)
	senders, toldSenders := told[bandwidthRS]
	receivers, toldReceivers := told[bandwidthRR]
	if !toldSenders && !toldReceivers {
		return
	}
	// What is not told remains as it would be (RFC 3550 6.2): a quarter of 5 %
	// for senders.
	share := 1000 * cmp.Or(m.Bandwidth, DefaultAudioBandwidth) / 20
	if !toldSenders {
		senders = share / 4
	}
	if !toldReceivers {
		receivers = share - share/4
	}
	m.RTCPBandwidth = &rtp.RTCPBandwidth{Senders: senders, Receivers: receivers}
}

// taken is what sending a medium takes in kbit/s, with the headers of IP, UDP
// and RTP (RFC 3550 6.2); 0: nobody knows beforehand, as with pictures.
func (m *MediaConfig) taken(f codecs.Format) int {
	packets := 50 // a second
	var bits int
	switch name := strings.ToUpper(f.Name); {
	case f.Is("PCMU"), f.Is("PCMA"), f.Is("G722"), f.Is("opus"):
		bits = 64000
	case f.Is("GSM"):
		bits = 13200
	case f.Is("DVI4"):
		bits = 4*f.ClockRate + 8*4*packets // a header in each packet (RFC 3551 4.5.1)
	case strings.Contains(name, "G726-"):
		kbit, err := strconv.Atoi(name[strings.LastIndexByte(name, '-')+1:])
		if err != nil {
			return 0
		}
		bits = 1000 * kbit
	case f.Is("L16"), f.Is("L24"):
		size, _ := strconv.Atoi(name[1:]) // the names say it
		bits = size * f.ClockRate * max(f.Channels, 1)
		packets = max(packets, (bits+8*MaxPayload-1)/(8*MaxPayload))
		if t := m.packetTime(f); t > 0 {
			packets = int((time.Second + t - 1) / t)
		}
	default:
		return 0
	}
	const headers = 8 * (20 + 8 + 12)
	return (bits + headers*packets + 999) / 1000
}
