package multicast

import (
	"time"

	"parley/qos/rtp"
)

const (
	// MaxSDP is the largest session description read, in bytes: a description
	// is a page of text, and what is longer is not one.
	MaxSDP = 64 << 10
	// maxGroupCount bounds the groups that a c= line counts, so that a description
	// of a line does not keep its reader busy.
	maxGroupCount = 255
	// MaxSources is the most members of one group that are mixed and shown. It
	// answers SSRC floods: anybody on the network may send to a group, and
	// each member costs a jitter buffer of some 100 kB.
	MaxSources = 64
	// MaxGroups is the most groups that Join lets in, with those of the
	// configuration: each has sockets and buffers, and the system bounds
	// memberships.
	MaxGroups = 64
	// MaxStrangers is how many hosts that send under another key, or what the group
	// does not have, stand in the roster, for StrangerLife after their last packets.
	// They answer a network on which anybody can send.
	MaxStrangers = 8
	StrangerLife = 30 * time.Second
	// MaxStrangerSSRCs is how many SSRCs of one are named, the latest.
	MaxStrangerSSRCs = 4
	// MaxPassing is the most sources that are remembered of groups that are left to
	// another bridge, for DirectHold: anybody can send there under any SSRC.
	MaxPassing = 256
	// EvictableIdle is for how long a member must have sent nothing to give up
	// its place in a full group: invented SSRCs do not keep others out.
	EvictableIdle = 5 * time.Second
	// DirectHold is for how long after its last packet a source counts as heard
	// itself, so that mixes which contain it are left out: longer than the
	// pauses of speech, shorter than a time-out.
	DirectHold = 5 * time.Second
	// SilenceHangover is for how many ticks silence is still sent to a group
	// after the last voice, so that the end of a word is not cut and receivers'
	// jitter buffers run out on silence. After it nothing is sent (RFC 3551
	// 4.1): a group of listeners costs the network nothing.
	SilenceHangover = 25
	// MaxPayload is the most bytes of sound in one packet, so that it passes an
	// Ethernet, with IPv6, a CSRC list and what tunnels add, in one piece.
	MaxPayload = 1340
	// MinPacketTime is the shortest of AES67 7.2.1. It answers a description
	// that asks for a packet for each sample.
	MinPacketTime = 125 * time.Microsecond
	// MaxBandwidth is the most that a description may say of a medium, in kbit/s.
	MaxBandwidth = 10_000_000
	// DefaultVideoBandwidth is what is said of pictures of which nobody said more,
	// in kbit/s: a picture of 720 lines as browsers send it.
	DefaultVideoBandwidth = 2000
	// DefaultAudioBandwidth is the same of sound, where its codec does not tell.
	DefaultAudioBandwidth = 64
	// pacedBursts is how many ticks of sound in short packets may wait to be sent,
	// and paceLeast the shortest wait between some of their packets. They answer a
	// machine without time: what is 80 ms late is of no use, and timers are no
	// finer.
	pacedBursts = 4
	paceLeast   = time.Millisecond
	// maxEditions bounds the descriptions whose numbers are remembered. It answers
	// conferences that are made and ended for years.
	maxEditions = 1024
	// DefaultTTL keeps to the link what nobody said may go further.
	DefaultTTL = 1
	// DefaultKeyframeInterval bounds how long a member that joined late and
	// cannot ask for a key frame sees nothing.
	DefaultKeyframeInterval = 4 * time.Second
	// CloseTimeout bounds leaving a group, in which BYE to a session of many
	// members has to wait its turn (RFC 3550 6.3.7).
	CloseTimeout = rtp.ByeDelay + 100*time.Millisecond
	// clockStep is by how much a sender's sound and pictures may be apart, and its
	// clock step, before it is taken for a clock that is of no use.
	clockStep = 2 * time.Second
	// lipsyncEvery is how often the sound and pictures of a sender are compared,
	// for each picture costs a search of all who speak.
	lipsyncEvery = 200 * time.Millisecond
	// lookForCalls is how often a conference is searched for calls to a bridge that
	// is in one of its groups, too.
	lookForCalls = time.Second
	// LoopAlarmInterval is the least time between two alarms of one group: a
	// loop comes back with every packet.
	LoopAlarmInterval = 10 * time.Second
)
