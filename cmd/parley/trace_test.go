package main

import (
	"strings"
	"testing"
)

const traced = `event: ping
data: {"time":"2026-01-02T03:04:05Z"}

data: {"time":"2026-01-02T03:04:05.006Z","sent":true,"local":"192.0.2.1:1720","remote":"192.0.2.2:40000","call":"a98732f69b4a4467bd17c6d68b3951e3","protocol":"Q.931","name":"connect"}

event: message
data: {"time":"2026-01-02T03:04:05.007Z","sent":false,"remote":"192.0.2.2:1719","call":"","protocol":"RAS","name":"admissionRequest","value":{"admissionRequest":{"answerCall":false}},"missed":3}

event: ping
data: {"time":"2026-01-02T03:04:20Z"}

`

func TestTraceText(t *testing.T) {
	var b strings.Builder
	if err := new(tracing).read(&b, strings.NewReader(traced)); err != nil {
		t.Fatal(err)
	}
	want := `03:04:05.006 > 192.0.2.2:40000       a98732f6 Q.931 connect
... 3 messages were too fast for this trace
03:04:05.007 < 192.0.2.2:1719        -        RAS   admissionRequest
    {
      "admissionRequest": {
        "answerCall": false
      }
    }
`
	if b.String() != want {
		t.Errorf("%s\nwant\n%s", &b, want)
	}
	b.Reset()
	if err := (&tracing{json: true}).read(&b, strings.NewReader(traced)); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(b.String()), "\n"); len(lines) != 2 || !strings.HasPrefix(lines[0], `{"time"`) {
		t.Errorf("as JSON:\n%s", &b)
	}
	if err := new(tracing).read(&b, strings.NewReader("data: <html>\n")); err == nil {
		t.Error("no error for a page")
	}
}
