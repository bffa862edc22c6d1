import { signal } from "@preact/signals";

// Screen holds what is shared of this computer.
export class Screen {
  readonly track = signal<MediaStreamTrack | null>(null);
  // Not on telephones, and not on pages from plain http://.
  readonly possible = typeof navigator.mediaDevices?.getDisplayMedia === "function";

  // ended is called when the browser's own button ends the sharing.
  ended: () => void = () => undefined;

  // open asks what is to be shared. Who chooses nothing shares nothing.
  async open(): Promise<void> {
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({
        // Text has to be sharp, and room systems show no more than this.
        video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { max: 15 } },
        audio: false,
      });
    } catch {
      return;
    }
    this.close();
    const track = stream.getVideoTracks()[0];
    if (!track) return;
    track.contentHint = "detail";
    track.onended = () => {
      if (this.track.value !== track) return;
      this.track.value = null;
      this.ended();
    };
    this.track.value = track;
  }

  close(): void {
    this.track.value?.stop();
    this.track.value = null;
  }
}
