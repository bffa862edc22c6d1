//go:build meeting

package meeting

import (
	"context"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
)

// focused is the id of what has the keyboard's focus.
const focused = `document.activeElement?.id`

// TestPageAsksAtTheRightField types without a click, as a person does: the name
// goes into the name, the PIN into the PIN, a second PIN in the place of a
// wrong first one.
func TestPageAsksAtTheRightField(t *testing.T) {
	requirePrograms(t, "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	b := startBridge(t, doorConfig)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{})
	const record = `window.sockets = [];
		window.WebSocket = class extends WebSocket { constructor(...a) { super(...a); window.sockets.push(this); } }`
	// One that were left open would come back after a silence and try the PIN again.
	const hungUp = `window.sockets.length > 0 && window.sockets.every((s) => s.readyState >= WebSocket.CLOSING)`
	page := browser.OpenWith(ctx, "browser", b.URL+"/c/vault", lab.PageOptions{Init: record})

	page.Wait(ctx, focused+` === "name"`, 10*time.Second)
	page.Fill(ctx, "#name", "   ")
	page.Click(ctx, "#join")
	page.Wait(ctx, `document.querySelector("#problem").textContent === "Please give a name."`, 5*time.Second)
	page.Wait(ctx, focused+` === "name"`, 5*time.Second)

	page.Type(ctx, "Chromium\n")
	page.Wait(ctx, focused+` === "pin"`, 10*time.Second)
	page.Wait(ctx, hungUp, 5*time.Second)
	page.Type(ctx, "1234\n")
	page.Wait(ctx, `document.querySelector("#problem").textContent.includes("wrong")`, 10*time.Second)
	page.Wait(ctx, focused+` === "pin"`, 5*time.Second)
	page.Wait(ctx, hungUp, 5*time.Second)
	page.Type(ctx, "4711\n")
	page.Wait(ctx, `document.querySelector("[data-testid=room]")?.dataset.media === "connected"`, 20*time.Second)
	b.await(ctx, t, "vault", "the page", named("Chromium"))
	page.Wait(ctx, `document.title === "Vault – parley"`, 5*time.Second)
}

// TestPageWithoutDevices has the browser refuse both devices at first: the page
// says so once, and sends them after "Try again".
func TestPageWithoutDevices(t *testing.T) {
	requirePrograms(t, "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	b := startBridge(t, doorConfig)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{})
	const refuse = `(() => {
		const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
		navigator.mediaDevices.getUserMedia = (what) =>
			window.allowed ? get(what) : Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
	})()`
	page := browser.OpenWith(ctx, "browser", b.URL+"/c/room", lab.PageOptions{Init: refuse})
	enter(ctx, page, "Chromium")
	page.Wait(ctx, `document.querySelector("[data-testid=device-notice]")?.textContent.startsWith("No microphone and no camera: the browser was not allowed.")`, 5*time.Second)
	page.Wait(ctx, `document.querySelector("#mute").disabled && document.querySelector("#mute").title !== ""`, 5*time.Second)
	page.Wait(ctx, `document.querySelector("#camera").textContent === "Camera on"`, 5*time.Second)

	page.Eval(ctx, "window.allowed = true", nil)
	page.Click(ctx, "#retry-devices")
	page.Wait(ctx, `!document.querySelector("[data-testid=device-notice]") && !document.querySelector("#mute").disabled`, 10*time.Second)
	page.Wait(ctx, `document.querySelector("#camera").textContent === "Camera off" && !!document.querySelector("[data-testid=self] video")`, 5*time.Second)
	// Both are really sent.
	b.await(ctx, t, "room", "the page's sound and pictures", func(p participant) bool {
		return p.Name == "Chromium" && len(p.Sources) == 1 && p.Sources[0].AudioCodec != "" && p.Sources[0].VideoCodec != ""
	})
}

// TestPageOnAPhone opens the page as wide as a phone: nothing is cut off, the
// controls take two rows at most, list and device choices open when asked for.
func TestPageOnAPhone(t *testing.T) {
	requirePrograms(t, "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	b := startBridge(t, doorConfig)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{})
	page := browser.OpenWith(ctx, "browser", b.URL+"/c/room", lab.PageOptions{Width: 390, Height: 844})
	enter(ctx, page, "Chromium")
	page.Wait(ctx, `document.documentElement.scrollWidth <= 390`, 5*time.Second)
	page.Wait(ctx, `document.querySelector(".controls").offsetHeight < 110`, 5*time.Second)
	page.Wait(ctx, `!document.querySelector("#people")`, 5*time.Second)
	page.Click(ctx, "#people-toggle")
	page.Wait(ctx, `document.querySelector("#people").offsetHeight > 0`, 5*time.Second)
	page.Wait(ctx, `document.querySelector("#camera-device").offsetHeight === 0`, 5*time.Second)
	page.Click(ctx, "#devices")
	page.Wait(ctx, `document.querySelector("#camera-device").offsetHeight > 0`, 5*time.Second)

	// The choice stays to be seen while the camera is off.
	page.Click(ctx, "#camera")
	page.Wait(ctx, `document.querySelector("#camera").textContent === "Camera on" && document.querySelector("#camera-device").value !== ""`, 5*time.Second)
}

// TestPageMakesANewConnection has the browser reject the first answer: the page
// says so on its console, connects anew and keeps its seat.
func TestPageMakesANewConnection(t *testing.T) {
	requirePrograms(t, "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	b := startBridge(t, doorConfig)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{})
	const reject = `(() => {
		const set = RTCPeerConnection.prototype.setRemoteDescription;
		RTCPeerConnection.prototype.setRemoteDescription = function (d) {
			if (window.rejected) return set.call(this, d);
			window.rejected = true;
			return Promise.reject(new DOMException("not this one", "OperationError"));
		};
	})()`
	page := browser.OpenWith(ctx, "browser", b.URL+"/c/room", lab.PageOptions{
		Init: reject, Expected: []string{"the media connection is broken"},
	})
	enter(ctx, page, "Chromium")
	page.Wait(ctx, `window.rejected && !document.querySelector("[data-testid=media-notice]")`, 5*time.Second)
	b.await(ctx, t, "room", "the page's sound", func(p participant) bool {
		return p.Name == "Chromium" && len(p.Sources) == 1 && p.Sources[0].AudioCodec != ""
	})
	seats := 0
	for _, p := range b.participants(t, "room") {
		if p.Wire == "webrtc" {
			seats++
		}
	}
	if seats != 1 {
		t.Errorf("the page has %d seats, want 1", seats)
	}
}
