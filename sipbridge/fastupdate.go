package sipbridge

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"parley/codecs"
	"parley/codecs/telephoneevent"
)

// mediaControl is the type of the XML by which pictures are asked for in INFO
// (RFC 5168 7.1).
const mediaControl = "application/media_control+xml"

const fastUpdateBody = `<?xml version="1.0" encoding="utf-8"?>` + "\r\n" +
	`<media_control><vc_primitive><to_encoder><picture_fast_update/></to_encoder></vc_primitive></media_control>` + "\r\n"

// parseMediaControl reports whether body asks for a key frame. The error wraps
// codecs.ErrMalformed.
func parseMediaControl(body []byte) (fastUpdate bool, err error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	// Declared encodings are taken for ASCII, which all names here are.
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	root := true
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) && !root {
			return fastUpdate, nil
		}
		if err != nil {
			return false, fmt.Errorf("media control: %w: %w", err, codecs.ErrMalformed)
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if root && e.Name.Local != "media_control" {
			return false, fmt.Errorf("media control: element %q: %w", e.Name.Local, codecs.ErrMalformed)
		}
		root = false
		fastUpdate = fastUpdate || e.Name.Local == "picture_fast_update"
	}
}

// requestFastUpdate sends picture_fast_update, at most once per infoInterval.
func (c *call) requestFastUpdate() {
	now := time.Now()
	if c.ended || now.Sub(c.lastInfo) < infoInterval {
		return
	}
	c.lastInfo = now
	req := c.dialog.request(sip.INFO)
	req.AppendHeader(sip.NewHeader("Content-Type", mediaControl))
	req.SetBody([]byte(fastUpdateBody))
	c.server.counters.fastOut.Add(1)
	c.goRequest(req, func(_ *sip.Response, err error) {
		if err != nil {
			c.logger().Debug("picture_fast_update not answered", "error", err)
		}
	})
}

// infoKey reads the key of an INFO by which some phones send digits: a line
// "Signal=5", or the key alone.
func infoKey(contentType string, body []byte) (byte, bool) {
	text := strings.TrimSpace(string(body))
	if isMediaType(contentType, "application/dtmf-relay") {
		for line := range strings.Lines(text) {
			name, value, ok := strings.Cut(line, "=")
			if ok && strings.EqualFold(strings.TrimSpace(name), "Signal") {
				text = strings.TrimSpace(value)
				break
			}
		}
	} else if !isMediaType(contentType, "application/dtmf") {
		return 0, false
	}
	if len(text) != 1 || !strings.Contains(telephoneevent.Digits, text) {
		return 0, false
	}
	return text[0], true
}
