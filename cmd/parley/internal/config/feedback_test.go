package config

import (
	"strings"
	"testing"
)

func TestFeedback(t *testing.T) {
	text := func(listen, model string) string {
		return "conferences:\n- id: a\n  multicast:\n  - audio: {group: \"239.1.1.1:5004\", feedback: {listen: \"" + listen + "\", model: \"" + model + "\"}}\n"
	}
	c, err := loadText(t, text("192.0.2.1:5007", "rsi")+"multicast: {sdes: {email: a@b.example, participants: false}}\n")
	if err != nil {
		t.Fatal(err)
	}
	if f := c.Conferences[0].Multicast[0].Audio.Feedback; f != (Feedback{Listen: "192.0.2.1:5007", Model: "rsi"}) {
		t.Errorf("feedback %+v", f)
	}
	if s := c.Multicast.SDES; s.Email != "a@b.example" || s.Participants {
		t.Errorf("SDES %+v", s)
	}
	for _, tt := range []struct{ listen, model, want string }{
		{"192.0.2.1:5007", "pigeon", "feedback.model: must be reflection or rsi"},
		{"192.0.2.1", "rsi", "feedback.listen: must be an address of this host and a port"},
		{"239.1.1.2:5007", "", "feedback.listen: must be the address by which members reach this host"},
		{"0.0.0.0:5007", "", "feedback.listen: must be the address by which members reach this host"},
	} {
		if _, err := loadText(t, text(tt.listen, tt.model)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %s: %v", tt.listen, tt.model, err)
		}
	}
}
