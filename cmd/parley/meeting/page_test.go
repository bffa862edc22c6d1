//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// enter gives a name at the door and waits until sound and pictures flow.
func enter(ctx context.Context, page *lab.Page, name string) {
	page.Wait(ctx, "!!document.querySelector('#join')", 10*time.Second)
	page.Fill(ctx, "#name", name)
	page.Click(ctx, "#join")
	page.Wait(ctx, "document.querySelector('[data-testid=room]')?.dataset.media === 'connected'", 20*time.Second)
}

// awaitSpeakers waits until the page's roster shows n participants speaking.
func awaitSpeakers(ctx context.Context, t *testing.T, page *lab.Page, n int) {
	t.Helper()
	page.Wait(ctx, fmt.Sprintf("document.querySelectorAll('[data-testid=member].speaking').length === %d", n), 20*time.Second)
}

// hearing is what a page has heard.
type hearing struct {
	pcm  []float64
	rate int
}

// recorder records the mix that the page plays, sample by sample, in an
// AudioWorklet. The worklet's code comes from a data: URL, which the page's
// policy forbids, so that the samples are taken in a ScriptProcessor.
const recorder = `async (seconds) => {
  const stream = document.querySelector("#mix").srcObject;
  const context = new AudioContext({ sampleRate: 48000 });
  await context.resume();
  const source = context.createMediaStreamSource(stream);
  const tap = context.createScriptProcessor(4096, 1, 1);
  const samples = [];
  const done = new Promise((resolve) => {
    tap.onaudioprocess = (e) => {
      for (const v of e.inputBuffer.getChannelData(0)) samples.push(Math.round(v * 32767));
      if (samples.length >= seconds * 48000) resolve();
    };
  });
  source.connect(tap);
  tap.connect(context.destination);
  await done;
  await context.close();
  return { rate: 48000, samples };
}`

func (h *hearing) record(ctx context.Context, page *lab.Page, seconds int) {
	var out struct {
		Rate    int
		Samples []float64
	}
	page.Eval(ctx, fmt.Sprintf("(%s)(%d)", recorder, seconds), &out)
	h.rate = out.Rate
	h.pcm = out.Samples
	for i := range h.pcm {
		h.pcm[i] /= 32768
	}
}
