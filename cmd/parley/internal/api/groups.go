package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/multicast"
	"parley/qos/rtp"
)

// Groups tells who is in the multicast groups of a conference: the multicast
// wire.
type Groups interface {
	Members(conferenceID string, limit int) ([]multicast.GroupMembers, error)
}

// Group is a multicast group and who is in it.
type Group struct {
	Address    string        `json:"address"`
	TTL        int           `json:"ttl" doc:"With which the bridge sends, within multicast.scope."`
	Scope      string        `json:"scope" enum:"link,site,organisation,global" doc:"That of its address."`
	ListenOnly bool          `json:"listenOnly" doc:"The bridge sends nothing there."`
	Loops      uint64        `json:"loops" doc:"Packets cut off since they came back or came twice, by any way."`
	Audio      *GroupSession `json:"audio,omitempty"`
	Video      *GroupSession `json:"video,omitempty"`
}

// GroupSession is one RTP session of a group.
type GroupSession struct {
	Group         string        `json:"group" doc:"Address and port of RTP."`
	SSRC          uint32        `json:"ssrc" doc:"The bridge's own."`
	Members       int           `json:"members" doc:"The bridge included."`
	Senders       int           `json:"senders" doc:"The bridge not included."`
	Counted       int           `json:"counted" doc:"Members of a large group that only listen, of whom nothing but their number is kept."`
	MemberOctets  int           `json:"memberOctets" doc:"Memory that they and the reports take."`
	IntervalS     float64       `json:"intervalS" doc:"Between two reports of the bridge (RFC 3550), on average."`
	Loops         uint64        `json:"loops"`
	Collisions    uint64        `json:"collisions" doc:"SSRCs that the bridge gave up since another has them."`
	Filtered      uint64        `json:"filtered" doc:"Packets of senders that the group's sources do not admit."`
	BelowFloor    uint64        `json:"belowHopFloor" doc:"Packets from further away than the hop floor allows."`
	Undecrypted   uint64        `json:"undecrypted" doc:"Packets that are not of the group's key, or not encrypted."`
	HigherLayers  uint64        `json:"higherLayers" doc:"Packets of higher layers of senders whose lower ones are heard."`
	Loss          GroupLoss     `json:"loss"`
	Sources       []GroupMember `json:"sources" nullable:"false" doc:"Members that send, or of whom a name is kept."`
	Receptions    []Reception   `json:"receptions" nullable:"false" doc:"What members report of the bridge's streams, those who lose most first."`
	RTCPSent      uint64        `json:"rtcpSentOctets"`
	RTCPReceived  uint64        `json:"rtcpReceivedOctets"`
	Reflected     uint64        `json:"reflected" doc:"Reports passed on to the group (RFC 5760)."`
	FeedbackTaken string        `json:"feedback,omitempty" doc:"Where members' reports are taken by unicast."`
	Bridging      GroupBridging `json:"bridging"`
}

// GroupBridging is how the group is shared with other bridges.
type GroupBridging struct {
	Identity string        `json:"identity" doc:"The bridge's own, priority first. The lowest carries."`
	Standby  bool          `json:"standby" doc:"The group is left to another bridge: nothing is heard from it, and nothing sent."`
	Reason   string        `json:"reason,omitempty"`
	Changes  uint64        `json:"changes" doc:"How often that changed."`
	Others   []GroupBridge `json:"others" nullable:"false" doc:"Other bridges that are in the group."`
}

// GroupBridge is another bridge in a group.
type GroupBridge struct {
	Identity string    `json:"identity" doc:"Empty: it tells none, and was found out by what it carries."`
	SSRC     uint32    `json:"ssrc"`
	CNAME    string    `json:"cname" doc:"Foreign text: never markup."`
	Single   bool      `json:"single" doc:"It is in this group alone, and carries nothing to others."`
	Heard    time.Time `json:"heard"`
}

func groupBridgingOf(b *multicast.BridgeState) GroupBridging {
	out := GroupBridging{Identity: b.Identity, Standby: b.Standby, Reason: b.Reason, Changes: b.Changes, Others: []GroupBridge{}}
	for _, o := range b.Others {
		out.Others = append(out.Others, GroupBridge(o))
	}
	return out
}

// GroupLoss is how what the bridge sends arrives, over all members that report.
type GroupLoss struct {
	Reports       int     `json:"reports" doc:"Pairs of a member and a stream."`
	Median        float64 `json:"median" doc:"Share lost, 0 to 1."`
	P95           float64 `json:"p95"`
	Worst         float64 `json:"worst"`
	WorstReceiver uint32  `json:"worstReceiver" doc:"SSRC."`
}

// GroupMember is a member of a group. All its text is foreign: never markup.
type GroupMember struct {
	SSRC     uint32    `json:"ssrc"`
	Address  string    `json:"address"`
	Sending  bool      `json:"sending"`
	Heard    time.Time `json:"heard"`
	CNAME    string    `json:"cname"`
	Name     string    `json:"name"`
	Email    string    `json:"email"`
	Phone    string    `json:"phone"`
	Location string    `json:"location"`
	Tool     string    `json:"tool"`
	Note     string    `json:"note"`
	Packets  uint64    `json:"packets"`
	Lost     int64     `json:"lost"`
	Loss     float64   `json:"loss"`
	JitterMS float64   `json:"jitterMs"`
	RTTMS    float64   `json:"rttMs" doc:"0: unknown."`
	VoIP     *VoIP     `json:"voip,omitempty"`
}

// Reception is what one member reports of one stream of the bridge's.
type Reception struct {
	Receiver uint32    `json:"receiver" doc:"SSRC."`
	Stream   uint32    `json:"stream" doc:"SSRC."`
	CNAME    string    `json:"cname"`
	Name     string    `json:"name"`
	Address  string    `json:"address" doc:"Empty: not kept."`
	Loss     float64   `json:"loss"`
	Lost     int64     `json:"lost"`
	JitterMS float64   `json:"jitterMs"`
	RTTMS    float64   `json:"rttMs" doc:"0: unknown."`
	At       time.Time `json:"at"`
}

// VoIP is what a member tells of the call's quality (RFC 3611 4.7).
type VoIP struct {
	Lost      float64 `json:"lost"`
	Discarded float64 `json:"discarded"`
	RFactor   int     `json:"rFactor" doc:"127: unknown."`
	MOS       float64 `json:"mos" doc:"Of listening; 0: unknown."`
}

type groupsInput struct {
	ID    string `path:"id" maxLength:"64" example:"lobby" doc:"Of the conference."`
	Limit int    `query:"limit" minimum:"0" maximum:"20000" default:"100" doc:"The most receptions of each session."`
}

type groupsOutput struct {
	Body struct {
		Groups []Group `json:"groups" nullable:"false"`
	}
}

func (s *Server) groupRoutes(api huma.API) {
	huma.Register(api, s.operation(api, huma.Operation{
		OperationID: "list-groups", Method: http.MethodGet, Path: "/conferences/{id}/groups",
		Summary:     "List multicast groups",
		Description: "Those that take part in the conference, who is in them, and what each member receives of what the bridge sends (RTCP).",
		Errors:      []int{http.StatusNotFound},
	}), func(_ context.Context, in *groupsInput) (*groupsOutput, error) {
		if _, err := s.find(in.ID); err != nil {
			return nil, err
		}
		var out groupsOutput
		out.Body.Groups = []Group{}
		if s.deps.Groups == nil {
			return &out, nil
		}
		all, err := s.deps.Groups.Members(in.ID, in.Limit)
		if errors.Is(err, multicast.ErrNoGroup) {
			return &out, nil
		} else if err != nil {
			return nil, problem(err)
		}
		for i := range all {
			out.Body.Groups = append(out.Body.Groups, Group{
				Address: all[i].Address, TTL: all[i].TTL, Scope: all[i].Scope.String(), ListenOnly: all[i].ListenOnly, Loops: all[i].Loops,
				Audio: groupSessionOf(all[i].Audio), Video: groupSessionOf(all[i].Video),
			})
		}
		return &out, nil
	})
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func groupSessionOf(m *multicast.SessionMembers) *GroupSession {
	if m == nil {
		return nil
	}
	st := &m.Stats
	out := &GroupSession{
		Group: m.Group.String(), SSRC: m.SSRC,
		Members: st.Members.Members, Senders: st.Members.Senders, Counted: st.Members.Crowd,
		MemberOctets: st.Members.CrowdOctets + st.Members.ReceptionOctets, IntervalS: st.Members.Interval.Seconds(),
		Loops: st.Loops, Collisions: st.Collisions, Filtered: st.Filtered, BelowFloor: st.BelowHopFloor,
		Undecrypted: st.Undecrypted, HigherLayers: st.Enhancements,
		Loss: GroupLoss{
			Reports: st.Receptions.Reports, Median: st.Receptions.Median, P95: st.Receptions.P95,
			Worst: st.Receptions.Worst, WorstReceiver: st.Receptions.WorstReceiver,
		},
		Sources: []GroupMember{}, Receptions: []Reception{},
		RTCPSent: st.RTCPSent, RTCPReceived: st.RTCPReceived, Reflected: st.Reflected,
		Bridging: groupBridgingOf(&m.Bridging),
	}
	if m.Feedback.IsValid() {
		out.FeedbackTaken = m.Feedback.String()
	}
	for i := range m.Members {
		out.Sources = append(out.Sources, groupMemberOf(&m.Members[i]))
	}
	for i := range m.Receptions {
		out.Receptions = append(out.Receptions, receptionOf(&m.Receptions[i]))
	}
	return out
}

func groupMemberOf(m *rtp.Member) GroupMember {
	out := GroupMember{
		SSRC: m.SSRC, Address: m.Addr.String(), Sending: m.Sending, Heard: m.Heard,
		CNAME: m.SDES.CNAME, Name: m.SDES.Name, Email: m.SDES.Email, Phone: m.SDES.Phone,
		Location: m.SDES.Location, Tool: m.SDES.Tool, Note: m.SDES.Note,
		Packets: m.Stats.Packets, Lost: m.Stats.Lost, Loss: m.Stats.FractionLost,
		JitterMS: millis(m.Stats.Jitter), RTTMS: millis(m.Stats.RoundTrip),
	}
	if v := m.Extended.VoIP; v != nil {
		out.VoIP = &VoIP{Lost: v.Lost, Discarded: v.Discarded, RFactor: v.RFactor, MOS: v.MOSListening}
	}
	return out
}

func receptionOf(r *rtp.Reception) Reception {
	out := Reception{
		Receiver: r.Receiver, Stream: r.Stream, CNAME: r.CNAME, Name: r.Name,
		Loss: r.Fraction, Lost: r.Lost, JitterMS: millis(r.Jitter), RTTMS: millis(r.RoundTrip), At: r.At,
	}
	if r.Addr.IsValid() {
		out.Address = r.Addr.String()
	}
	return out
}
