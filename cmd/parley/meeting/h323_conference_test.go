//go:build meeting

package meeting

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// guestDevices gives a page a microphone that speaks a tone, a camera that shows
// the bars, turned by some places, and a screen that does, turned by others.
// speak(false) makes the microphone silent.
const guestDevices = `((tone, camera, screen) => {
  const bars = %s;
  const paint = (turn, width, height) => {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d");
    const draw = () => bars.forEach((_, i) => {
      context.fillStyle = "rgb(" + bars[(i + turn) %% bars.length].join() + ")";
      context.fillRect((i * width) / 7, 0, width / 7 + 1, height);
    });
    draw();
    setInterval(draw, 60);
    return canvas.captureStream(15);
  };
  let gain;
  const microphone = () => {
    const context = new AudioContext({ sampleRate: 48000 });
    const oscillator = new OscillatorNode(context, { frequency: tone });
    gain = new GainNode(context, { gain: 0.126 });
    const out = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    oscillator.connect(gain).connect(out);
    oscillator.start();
    return out.stream;
  };
  window.speak = (on) => (gain.gain.value = on ? 0.126 : 0);
  navigator.mediaDevices.getUserMedia = async ({ audio, video }) =>
    new MediaStream([
      ...(audio ? microphone().getTracks() : []),
      ...(video ? paint(camera, 320, 240).getTracks() : []),
    ]);
  navigator.mediaDevices.getDisplayMedia = async () => paint(screen, 640, 360);
})(%g, %d, %d)`

// watchPicture has a page tell of each picture that a source shows by how many
// places its bars are turned: in shown, which is -1 where it is none of them, and
// in counts. Bars differ by 191 in a colour at least; browsers that are not told of a
// stream's colour matrix take one or another.
const watchPicture = `((source, bars) => {
  const video = document.querySelector('[data-testid=picture][data-source="' + source + '"] video');
  const read = %s;
  window.shown = -1;
  window.counts = {};
  const look = () => {
    const seen = read(source);
    window.shown = bars.findIndex((_, turn) =>
      seen.every((c, i) => c.every((v, j) => Math.abs(v - bars[(i + turn) %% bars.length][j]) <= 80)));
    window.counts[window.shown] = (window.counts[window.shown] ?? 0) + 1;
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
})(%d, %s)`

// Pages and telephones of the conference, and by how many places their bars are
// turned; those of the group are not.
const (
	nearTurn, farTurn             = 2, 4
	nearScreenTurn, farScreenTurn = 3, 5
)

// slides is a page's picture of a presentation, faces how many others it shows.
const (
	slides = `document.querySelector("[data-testid=picture][data-presentation=true]")`
	faces  = `document.querySelectorAll("[data-testid=picture][data-presentation=false]").length`
)

// TestH323Conference has a page, a telephone and a group at one bridge, and a page
// at another that H.323 leads to, in one conference: each hears all others; the far
// page sees who speaks, and no picture that is torn in between; slides of each page
// come to the other by H.239.
func TestH323Conference(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip", "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Second)
	defer cancel()
	b := startBridge(t, meetingConfig)
	startFar(t, "conferences: [{id: far}]\n")
	group := listenGroup(t, groupAddress, lab.Here)
	// By its name (RFC 3550 6.5.1) the picture is known for that of who speaks.
	studio := []string{"-cname", "studio@group"}
	sound := groupSpeaks(t, groupTone, studio...)
	groupPicture(t, studio...)
	telephone, telephoneDir := startPhone(t, phone{Port: 5070, Codec: "PCMU/8000/1", Tone: phoneTone}, "sip:room@"+lab.Here)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{Args: []string{"--unsafely-treat-insecure-origin-as-secure=http://" + farHTTP}})
	guest := func(name, url string, tone float64, camera, screen int) *lab.Page {
		p := browser.OpenWith(ctx, name, url+"?raw", lab.PageOptions{Init: fmt.Sprintf(guestDevices, barsJSON(), tone, camera, screen)})
		enter(ctx, p, name)
		return p
	}
	near := guest("Near", b.URL+"/c/room", browserTone, nearTurn, nearScreenTurn)
	far := guest("Far", "http://"+farHTTP+"/c/far", farTone, farTurn, farScreenTurn)
	if status, out := b.dial(ctx, t, "h323:far@"+lab.There); status != 0 {
		t.Fatalf("dialling: status %d: %s", status, out)
	}
	for _, tone := range []float64{phoneTone, browserTone, farTone} {
		group.awaitTone(ctx, t, tone, true)
	}

	var hears struct {
		near, far hearing
		group     []float64
	}
	var recording sync.WaitGroup
	recording.Go(func() { hears.near.record(ctx, near, 3) })
	recording.Go(func() { hears.far.record(ctx, far, 3) })
	hears.group = group.record(ctx, t, 4)
	recording.Wait()
	telephone.Stop(ctx)
	judge(t, "the group", hears.group, earRate, groupTone, phoneTone, browserTone, farTone)
	judge(t, "the near page", hears.near.pcm, hears.near.rate, browserTone, groupTone, phoneTone, farTone)
	judge(t, "the far page", hears.far.pcm, hears.far.rate, farTone, groupTone, phoneTone, browserTone)
	pcm, rate := heard(t, telephoneDir)
	judge(t, "the telephone", lastSeconds(pcm, rate, 2.5), rate, phoneTone, groupTone, browserTone, farTone)

	far.Wait(ctx, faces+" === 1", 10*time.Second)
	var source int
	far.Eval(ctx, `Number(document.querySelector("[data-testid=picture]").dataset.source)`, &source)
	far.Eval(ctx, fmt.Sprintf(watchPicture, barsSeen, source, barsJSON()), nil)
	sees := func(turn int) {
		t.Helper()
		began := time.Now()
		far.Wait(ctx, fmt.Sprintf("window.shown === %d", turn), 15*time.Second)
		t.Logf("the far page sees the bars turned by %d after %v", turn, time.Since(began).Round(10*time.Millisecond))
	}
	far.Eval(ctx, "speak(false)", nil) // who speaks is shown who spoke before
	near.Eval(ctx, "speak(false)", nil)
	sees(0) // the group, which speaks
	far.Eval(ctx, "window.counts = {}", nil)
	sound.Kill()
	near.Eval(ctx, "speak(true)", nil)
	sees(nearTurn)
	near.Eval(ctx, "speak(false)", nil)
	groupSpeaks(t, groupTone, studio...)
	sees(0)
	var counts map[string]int
	far.Eval(ctx, "window.counts", &counts)
	t.Logf("pictures by turn: %v", counts)
	for turn, n := range counts {
		if turn != "0" && turn != fmt.Sprint(nearTurn) {
			t.Errorf("%d pictures were turned by %s: torn", n, turn)
		}
	}

	present := func(who, audience *lab.Page, turn, others int) {
		t.Helper()
		who.Click(ctx, "#share")
		audience.Wait(ctx, "!!"+slides, 20*time.Second)
		var source int
		audience.Eval(ctx, "Number("+slides+".dataset.source)", &source)
		audience.Wait(ctx, fmt.Sprintf(seesIn, barsSeen, source, turnedBars(t, turn)), 20*time.Second)
		showsFaces := fmt.Sprintf("%s === %d", faces, others)
		audience.Wait(ctx, showsFaces, time.Second) // cameras go on
		who.Click(ctx, "#share")
		audience.Wait(ctx, "!"+slides, 20*time.Second)
		audience.Wait(ctx, showsFaces, time.Second)
	}
	present(near, far, nearScreenTurn, 1)
	present(far, near, farScreenTurn, 2) // the far page and the group
	sees(0)                              // as before
}

// seesIn is a page's test for the bars in one source.
const seesIn = `((seen, bars) => !!seen && seen.every((c, i) => c.every((v, j) => Math.abs(v - bars[i][j]) <= 40)))((%s)(%d), %s)`

// turnedBars are the bars as they stand turned by some places.
func turnedBars(t *testing.T, turn int) string {
	t.Helper()
	turned := append(append([][3]float64(nil), bars[turn:]...), bars[:turn]...)
	raw, err := json.Marshal(turned)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
