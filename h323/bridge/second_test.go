package bridge

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/h323"
	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/media"
	"parley/h323/ras"
)

// studio is a room system that shows pictures in channels of any role.
type studio struct {
	phone
	call   *h323.Call
	socket *net.UDPConn
	open   map[media.Role]media.Channel // toward the conference
	main   media.Channel                // from it
}

// Local takes pictures, which nobody looks at.
func (p *studio) Local(_ *h323.Call, ch *media.Channel) (media.Addresses, error) {
	if ch.Kind != media.KindVideo {
		return media.Addresses{}, errNoPlace
	}
	at := p.socket.LocalAddr().(*net.UDPAddr).AddrPort()
	return media.Addresses{RTP: at, RTCP: at}, nil
}

// newStudio calls room a of s; it shows and takes formats.
func newStudio(t *testing.T, s *site, formats ...codecs.Format) *studio {
	t.Helper()
	socket, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	p := &studio{phone: phone{t: t, events: make(chan h323.Event, 256)}, socket: socket, open: map[media.Role]media.Channel{}}
	set := &media.Set{H239: true, Signal: true}
	for _, role := range []media.Role{media.RoleMain, media.RolePresentation, media.RoleLive} {
		for _, f := range formats {
			c, ok := media.NewCapability(f, 384_000)
			if !ok {
				t.Fatalf("no capability of %v", f)
			}
			c.Role = role
			set.Capabilities = append(set.Capabilities, c)
		}
	}
	e, err := h323.New(h323.Config{Name: "studio", Receive: set, Send: set, Modes: h323.Modes{NoFastStart: true}})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := e.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	p.call, err = e.Dial(t.Context(), h323.Target{
		Address: s.Addresses()[0], Aliases: []h225.AliasAddress{ras.AliasOf("a")},
	}, p)
	if err != nil {
		t.Fatal(err)
	}
	p.opened(media.RoleMain)
	return p
}

// opened waits until a channel is open toward the conference.
func (p *studio) opened(role media.Role) {
	p.t.Helper()
	for p.open[role].Number == 0 || p.main.Number == 0 {
		if o := hears[h323.ChannelOpened](&p.phone); o.Channel.Direction == media.Send {
			p.open[o.Channel.Role] = o.Channel
		} else {
			p.main = o.Channel
		}
	}
}

// shows sends key frames of a mark in a channel until the test ends.
func (p *studio) shows(role media.Role, mark byte) {
	done, ended := make(chan struct{}), make(chan struct{})
	to := p.open[role]
	go func() {
		defer close(ended)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		var sequence uint16
		for timestamp := uint32(0); ; timestamp += 1800 {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			for i, unit := range units(mark) {
				sequence++
				packet := []byte{0x80, to.PayloadType}
				if i == 2 {
					packet[1] |= 0x80
				}
				packet = binary.BigEndian.AppendUint16(packet, sequence)
				packet = binary.BigEndian.AppendUint32(packet, timestamp)
				packet = append(packet, 0, 0, 0, mark)
				_, _ = p.socket.WriteToUDPAddrPort(append(packet, unit...), to.Remote.RTP)
			}
		}
	}()
	p.t.Cleanup(func() { close(done); <-ended })
}

// A second camera is a source of its own beside the first, which is what who
// takes one picture sees; it goes with its channel.
func TestSecondCamera(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "a"})
	many, one := &viewer{formats: []codecs.Format{formatH264}, many: true}, &viewer{formats: []codecs.Format{formatH264}}
	manySeat := show(t, s.room("a"), many)
	show(t, s.room("a"), one)
	p := newStudio(t, s, formatH264)
	p.shows(media.RoleMain, 1)
	one.sees(t, 0, 1)

	p.call.OpenChannel(media.KindVideo, media.RoleLive, media.Capability{})
	p.opened(media.RoleLive)
	p.shows(media.RoleLive, 2)
	var member conference.Member
	second := func(r *conference.Roster) int {
		member = r.Members[len(r.Members)-1]
		return slices.IndexFunc(member.Sources, func(s conference.SourceState) bool { return s.Name == secondName && s.HasVideo })
	}
	r := await(t, s.room("a"), "the second camera", func(r *conference.Roster) bool { return second(r) > 0 })
	source := member.Sources[second(&r)]
	if source.Presentation {
		t.Error("it is a presentation")
	}
	for id, mark := range map[conference.SourceID]byte{member.Sources[0].ID: 1, source.ID: 2} {
		manySeat.Subscribe(id)
		many.sees(t, id, mark)
	}
	one.sees(t, 0, 1)

	// It is asked for key frames and rates in its own channel.
	manySeat.LimitRate(source.ID, 192_000)
	if o := hears[h323.FlowControlled](&p.phone); o.Channel.Role != media.RoleLive || o.BitRate != 192_000 {
		t.Errorf("%+v", o)
	}
	asked := func(n h245.LogicalChannelNumber) {
		t.Helper()
		for hears[h323.KeyframeRequested](&p.phone).Channel.Number != n {
		}
	}
	manySeat.Subscribe(source.ID)
	asked(p.open[media.RoleLive].Number)

	p.call.CloseChannel(media.Send, p.open[media.RoleLive].Number)
	await(t, s.room("a"), "one camera", func(r *conference.Roster) bool {
		return second(r) < 0 && len(member.Sources) == 1 && member.Sources[0].HasVideo
	})
}
