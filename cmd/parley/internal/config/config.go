package config

import "time"

// Config is everything that an operator can decide. The mapstructure tags are
// the keys of the file; parley.yaml at the root of the repository explains
// each, and a test holds the two together.
type Config struct {
	HTTP              HTTP         `mapstructure:"http"`
	ExternalAddress   string       `mapstructure:"external_address"` // an IP address, or empty
	API               API          `mapstructure:"api"`
	Policy            Policy       `mapstructure:"policy"`
	DefaultConference string       `mapstructure:"default_conference"` // empty: the first declared
	Conferences       []Conference `mapstructure:"conferences"`
	Routes            []Route      `mapstructure:"routes"`
	SIP               SIP          `mapstructure:"sip"`
	H323              H323         `mapstructure:"h323"`
	Gatekeeper        Gatekeeper   `mapstructure:"gatekeeper"`
	WebRTC            WebRTC       `mapstructure:"webrtc"`
	RTP               RTP          `mapstructure:"rtp"`
	Multicast         Multicast    `mapstructure:"multicast"`
	DSCP              DSCP         `mapstructure:"dscp"`
	Log               Log          `mapstructure:"log"`
}

// HTTP is the listener of page, API and metrics.
type HTTP struct {
	Listen  string `mapstructure:"listen"` // "host:port"
	TLSCert string `mapstructure:"tls_cert"`
	TLSKey  string `mapstructure:"tls_key"`
	// TrustedProxies are addresses and networks whose X-Forwarded-For is
	// believed.
	TrustedProxies []string `mapstructure:"trusted_proxies"`
}

// API guards the control interface.
type API struct {
	Token string `mapstructure:"token"` // empty: control only on a loopback listener
}

// Policy is what callers may do.
type Policy struct {
	OnDemand bool `mapstructure:"on_demand"`
}

// Conference is a declared conference.
type Conference struct {
	ID              string   `mapstructure:"id"`
	Title           string   `mapstructure:"title"`
	PIN             string   `mapstructure:"pin"`
	Numbers         []string `mapstructure:"numbers"`
	Codecs          []string `mapstructure:"codecs"`
	MaxParticipants int      `mapstructure:"max_participants"` // 0: the built-in limit
	// Public announces its multicast groups to everybody in their scope.
	Public    bool    `mapstructure:"public"`
	Multicast []Group `mapstructure:"multicast"`
}

// Group is a multicast session that takes part in a conference: sound,
// pictures or both, described here or by an SDP file.
type Group struct {
	Name  string `mapstructure:"name"`
	Audio Stream `mapstructure:"audio"`
	Video Stream `mapstructure:"video"`
	// VideoStreams is "active" for the one picture of who speaks, which any
	// player can show, or "all" for everybody's.
	VideoStreams string `mapstructure:"video_streams"`
	Interface    string `mapstructure:"interface"` // empty: multicast.interface
	// MoreInterfaces are those on which it is joined, and sent to, as well.
	MoreInterfaces []string `mapstructure:"more_interfaces"`
	TTL            int      `mapstructure:"ttl"` // 0: multicast.ttl
	// HopFloor is the least TTL with which packets may arrive; 0: any.
	HopFloor int     `mapstructure:"hop_floor"`
	Sources  Sources `mapstructure:"sources"`
	// ListenOnly sends nothing there, unless this host is one of Sources.Include.
	ListenOnly bool   `mapstructure:"listen_only"`
	SDP        string `mapstructure:"sdp"` // file, instead of Audio and Video
	// Optional lets the bridge start without the group where it cannot be
	// joined.
	Optional bool `mapstructure:"optional"`
}

// Sources says whose packets of a group are taken, by address. At most one of
// both is given.
type Sources struct {
	Include []string `mapstructure:"include"`
	Exclude []string `mapstructure:"exclude"`
}

// Stream is one medium of a Group. Without Group there is none.
type Stream struct {
	Group       string `mapstructure:"group"`        // "239.255.42.42:5004", "auto:5004"; see ParseAuto
	Codec       string `mapstructure:"codec"`        // "PCMU", "L16/44100/2"
	PayloadType int    `mapstructure:"payload_type"` // 0 to 127
	// Layers is in how many groups, from Group on, senders may spread their
	// layers; 0: 1.
	Layers int `mapstructure:"layers"`
	// PacketTime is how long a packet of L16 or L24 that is sent lasts; 0: as
	// long as fits.
	PacketTime time.Duration `mapstructure:"packet_time"`
	// Bandwidth is what one that sends takes in kbit/s, with all headers; 0: by
	// the codec.
	Bandwidth int `mapstructure:"bandwidth"`
	// Crypto is the key of SRTP as in a=crypto: "SUITE inline:KEY"; empty: none.
	Crypto string `mapstructure:"crypto"`
	// Feedback is where parley, as the only source of the group, takes its
	// members' reports.
	Feedback Feedback `mapstructure:"feedback"`
}

// Feedback is unicast feedback to the source of a group (RFC 5760).
type Feedback struct {
	Listen string `mapstructure:"listen"` // "192.0.2.1:5007"; empty: members send to the group
	Model  string `mapstructure:"model"`  // "reflection" or "rsi"; empty: reflection
}

// Route says who is called by a number or name that is no conference's.
type Route struct {
	// Dial is what is dialled: all of it, or its beginning and "*".
	Dial string `mapstructure:"dial"`
	// To is the address called, "sip:{number}@pbx"; {number} is what was dialled,
	// {rest} what the * stood for.
	To string `mapstructure:"to"`
	// Allow are the addresses and networks from which it may be dialled.
	Allow []string `mapstructure:"allow"`
}

// SIP is the SIP wire.
type SIP struct {
	Enabled bool   `mapstructure:"enabled"`
	UDP     string `mapstructure:"udp"` // "host:port", empty: off
	TCP     string `mapstructure:"tcp"`
}

// H323 is the H.323 wire.
type H323 struct {
	Enabled bool     `mapstructure:"enabled"`
	Listen  []string `mapstructure:"listen"` // "host:port"
	Name    string   `mapstructure:"name"`
	// AskNumber asks who names no conference for a number, instead of seating
	// them in the default one.
	AskNumber bool `mapstructure:"ask_number"`
	// FastStart, Tunnelling and EarlyH245 are how calls are set up.
	FastStart  bool      `mapstructure:"fast_start"`
	Tunnelling bool      `mapstructure:"tunnelling"`
	EarlyH245  bool      `mapstructure:"early_h245"`
	H245Ports  PortRange `mapstructure:"h245_ports"` // TCP; both 0: any
	// Multiplex is "host:port" of RTP of all calls with endpoints behind firewalls
	// that can share a port (H.460.19); RTCP has the port above. Empty: off.
	Multiplex  string `mapstructure:"multiplex"`
	Encryption string `mapstructure:"encryption"` // "off", "offer", "require"
	VideoKbps  int    `mapstructure:"video_kbps"`
	MaxCalls   int    `mapstructure:"max_calls"`
	// ChairControl lets a terminal take the chair (H.243).
	ChairControl bool             `mapstructure:"chair_control"`
	TLS          SignallingTLS    `mapstructure:"tls"`
	Gatekeeper   GatekeeperClient `mapstructure:"gatekeeper"`
}

// SignallingTLS is call signalling over TLS.
type SignallingTLS struct {
	Listen []string `mapstructure:"listen"` // TCP "host:port"
	// Cert, Key and CA are PEM files.
	Cert string `mapstructure:"cert"`
	Key  string `mapstructure:"key"`
	CA   string `mapstructure:"ca"` // empty: the system's
	// Verify is what is verified of who is called: "host", "ca".
	Verify string `mapstructure:"verify"`
}

// GatekeeperClient is the gatekeeper of others at which the bridge registers.
type GatekeeperClient struct {
	Address  string   `mapstructure:"address"` // "host", "host:port", "discover"; empty: none
	Aliases  []string `mapstructure:"aliases"`
	User     string   `mapstructure:"user"`
	Password string   `mapstructure:"password"`
	// Authentication is how the password is proved: "h235.1", "md5", "cat".
	Authentication string `mapstructure:"authentication"`
	// Traversal has the gatekeeper reach this host behind a firewall (H.460.18,
	// H.460.19).
	Traversal bool `mapstructure:"traversal"`
	// Tunnel does so by one connection of call signalling, for registration and all
	// calls (H.460.17).
	Tunnel bool `mapstructure:"tunnel"`
}

// Gatekeeper is the bridge's own gatekeeper, for endpoints that register here.
type Gatekeeper struct {
	Enabled    bool     `mapstructure:"enabled"`
	Identifier string   `mapstructure:"identifier"`
	Listen     []string `mapstructure:"listen"` // UDP "host:port"
	// Discovery answers those who look for a gatekeeper by multicast.
	Discovery  bool          `mapstructure:"discovery"`
	TimeToLive time.Duration `mapstructure:"time_to_live"`
	Users      []ZoneUser    `mapstructure:"users"`
	// UsersOnly refuses endpoints that are no user's.
	UsersOnly bool `mapstructure:"users_only"`
	// Tunnel lets endpoints register by their connection of call signalling
	// (H.460.17).
	Tunnel       bool   `mapstructure:"tunnel"`
	Unregistered string `mapstructure:"unregistered"` // "refuse", "call", "locate"
	// Routed has calls signalled through the gatekeeper, at RoutedListen.
	Routed       bool        `mapstructure:"routed"`
	RoutedListen string      `mapstructure:"routed_listen"` // TCP "host:port"
	TotalKbps    int         `mapstructure:"total_kbps"`    // 0: not bounded
	CallKbps     int         `mapstructure:"call_kbps"`     // 0: not bounded
	Static       []ZoneAlias `mapstructure:"static"`
	Neighbours   []Neighbour `mapstructure:"neighbours"`
	// Interfaces of discovery; none: the system's choice.
	Interfaces  []string      `mapstructure:"interfaces"`
	Alternates  []Alternate   `mapstructure:"alternates"`
	MaxCallTime time.Duration `mapstructure:"max_call_time"` // 0: not bounded
	ReportEvery time.Duration `mapstructure:"report_every"`  // 0: no reports are asked for
	PreGranted  string        `mapstructure:"pre_granted"`   // "none", "users", "all"
}

// Alternate is another gatekeeper of the same zone.
type Alternate struct {
	Identifier string `mapstructure:"identifier"`
	Address    string `mapstructure:"address"`  // "ip:port" of RAS
	Priority   int    `mapstructure:"priority"` // 0 is first, 127 last
}

// ZoneUser may register at the gatekeeper.
type ZoneUser struct {
	Name     string   `mapstructure:"name"`
	Password string   `mapstructure:"password"`
	Aliases  []string `mapstructure:"aliases"`
}

// ZoneAlias is an endpoint that does not register.
type ZoneAlias struct {
	Alias   string `mapstructure:"alias"`
	Address string `mapstructure:"address"` // "ip:port" of call signalling
}

// Neighbour is another zone's gatekeeper.
type Neighbour struct {
	Identifier string   `mapstructure:"identifier"`
	Address    string   `mapstructure:"address"` // "ip:port" of RAS
	Prefixes   []string `mapstructure:"prefixes"`
	Password   string   `mapstructure:"password"`
}

// WebRTC is the browsers' wire.
type WebRTC struct {
	Enabled    bool          `mapstructure:"enabled"`
	UDP        string        `mapstructure:"udp"` // "host:port"
	TCP        string        `mapstructure:"tcp"` // empty: no ICE-TCP
	Origins    []string      `mapstructure:"origins"`
	ICEServers []string      `mapstructure:"ice_servers"` // STUN URLs
	Resume     time.Duration `mapstructure:"resume"`
}

// RTP is the media of SIP and H.323 calls.
type RTP struct {
	Ports PortRange `mapstructure:"ports"`
	// Unanswered is how long sound goes to another host than that of signalling
	// before it has answered.
	Unanswered time.Duration `mapstructure:"unanswered"`
}

// PortRange is a range of UDP ports, both ends included.
type PortRange struct {
	Low  int `mapstructure:"low"`
	High int `mapstructure:"high"`
}

// Multicast is what holds for all groups.
type Multicast struct {
	Enabled   bool   `mapstructure:"enabled"`
	Interface string `mapstructure:"interface"` // empty: the system's choice
	// MoreInterfaces go with Interface, where a group names none of its own.
	MoreInterfaces []string `mapstructure:"more_interfaces"`
	TTL            int      `mapstructure:"ttl"`
	// Scope is the widest in which parley sends: link, site, organisation, global.
	Scope      string     `mapstructure:"scope"`
	MaxTTL     MaxTTL     `mapstructure:"max_ttl"`
	Sessions   []Session  `mapstructure:"sessions"`
	Directory  Directory  `mapstructure:"directory"`
	Announce   Announce   `mapstructure:"announce"`
	Allocation Allocation `mapstructure:"allocation"`
	MADCAP     MADCAP     `mapstructure:"madcap"`
	SDES       SDES       `mapstructure:"sdes"`
	// Bridging is "elect", "always" or "never": what happens where another bridge
	// joins the same groups. Of several, the lowest BridgingPriority carries.
	Bridging         string `mapstructure:"bridging"`
	BridgingPriority int    `mapstructure:"bridging_priority"` // 1 to 255
}

// MaxTTL is the highest TTL of packets to groups of each scope (RFC 2365, RFC 7346).
type MaxTTL struct {
	Link         int `mapstructure:"link"`
	Site         int `mapstructure:"site"`
	Organisation int `mapstructure:"organisation"`
	Global       int `mapstructure:"global"`
}

// Allocation is from where addresses for groups are chosen.
type Allocation struct {
	Ranges []string `mapstructure:"ranges"`
	State  string   `mapstructure:"state"` // file; empty: addresses are chosen anew at each start
}

// MADCAP leases addresses to others (RFC 2730).
type MADCAP struct {
	Enabled      bool          `mapstructure:"enabled"`
	MaxLease     time.Duration `mapstructure:"max_lease"`
	Extra        time.Duration `mapstructure:"extra"`
	ClockSkew    time.Duration `mapstructure:"clock_skew"`
	MaxLeases    int           `mapstructure:"max_leases"`
	MaxPerClient int           `mapstructure:"max_per_client"`
	TTL          int           `mapstructure:"ttl"`
}

// Directory is what is heard of the sessions that others announce (SAP).
type Directory struct {
	Enabled bool `mapstructure:"enabled"`
	// Interfaces are listened on; none: Multicast.Interface, else all.
	Interfaces []string `mapstructure:"interfaces"`
	// Scopes are administrative scopes of one's own, such as "239.192.8.0/22".
	Scopes      []string `mapstructure:"scopes"`
	MaxSessions int      `mapstructure:"max_sessions"`
	MaxKB       int      `mapstructure:"max_kb"`
}

// Announce is how the groups of public conferences are announced.
type Announce struct {
	// Profile is "rfc" for the intervals of RFC 2974, minutes, or "fast" for 5 s.
	Profile string `mapstructure:"profile"`
	// BridgeOnly describes the bridge as the only sender (a=source-filter).
	BridgeOnly bool `mapstructure:"bridge_only"`
}

// SDES is what parley tells of itself to the members of groups (RFC 3550 6.5).
// What is empty is not told.
type SDES struct {
	Name     string `mapstructure:"name"` // empty: the conference's title
	Email    string `mapstructure:"email"`
	Phone    string `mapstructure:"phone"`
	Location string `mapstructure:"location"`
	Note     string `mapstructure:"note"`
	// Participants tells the names of those whom parley's sound and pictures
	// are of.
	Participants bool `mapstructure:"participants"`
}

// Session is an SDP file whose groups take part in a conference.
type Session struct {
	File       string `mapstructure:"file"`
	Conference string `mapstructure:"conference"` // empty: the default conference
}

// DSCP marks what is sent: names of RFC 4594 or numbers 0 to 63.
type DSCP struct {
	Audio string `mapstructure:"audio"`
	Video string `mapstructure:"video"`
}

// Log is what is written to standard error.
type Log struct {
	Level  string `mapstructure:"level"`
	Format string `mapstructure:"format"`
}
