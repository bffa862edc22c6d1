import type { ToBridge } from "./protocol";

// How long a path may be dead before another is looked for.
const healing = 12_000;

export interface PeerEvents {
  mix(stream: MediaStream): void;
  picture(source: number, stream: MediaStream | null): void;
  state(state: RTCPeerConnectionState): void;
  // broken says that the connection cannot take what was negotiated.
  broken(e: unknown): void;
}

// Peer is the media connection. It is the polite side of perfect negotiation:
// when both offer at once, it takes its own offer back.
export class Peer {
  readonly #pc: RTCPeerConnection;
  readonly #microphone: RTCRtpTransceiver;
  readonly #camera: RTCRtpTransceiver;
  // The bridge knows the shared screen by the id of its stream.
  readonly #screenStream = new MediaStream();
  #screen: RTCRtpTransceiver | null = null; // once there was something to share
  #makingOffer = false;
  #restart = 0;

  constructor(
    iceServers: RTCIceServer[],
    private readonly send: (m: ToBridge) => void,
    private readonly events: PeerEvents,
  ) {
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.#pc = pc;
    pc.onnegotiationneeded = () => void this.#offer();
    pc.onicecandidate = (e) => this.send({ type: "candidate", candidate: e.candidate?.toJSON() ?? null });
    pc.onconnectionstatechange = () => {
      this.events.state(pc.connectionState);
      clearTimeout(this.#restart);
      if (pc.connectionState === "failed") pc.restartIce();
      if (pc.connectionState === "disconnected") {
        // Heals by itself when the network comes back, since the bridge stays
        // where it is. A restart meanwhile would throw the old path away and
        // wait for an answer over a TCP connection that still backs off.
        this.#restart = window.setTimeout(() => pc.restartIce(), healing);
      }
    };
    pc.ontrack = (e) => this.#track(e);
    this.#microphone = pc.addTransceiver("audio", { direction: "sendrecv" });
    this.#camera = pc.addTransceiver("video", { direction: "sendrecv" });
  }

  // setMicrophone and setCamera replace what is sent, without negotiation.
  setMicrophone(track: MediaStreamTrack | null): Promise<void> {
    return this.#microphone.sender.replaceTrack(track);
  }

  setCamera(track: MediaStreamTrack | null): Promise<void> {
    return this.#camera.sender.replaceTrack(track);
  }

  // setScreen sends the shared screen, or nothing, beside the camera.
  async setScreen(track: MediaStreamTrack | null): Promise<void> {
    this.send({ type: "screen", on: track !== null, stream: this.#screenStream.id });
    if (this.#screen) {
      await this.#screen.sender.replaceTrack(track);
    } else if (track) {
      this.#screen = this.#pc.addTransceiver(track, { direction: "sendrecv", streams: [this.#screenStream] });
    }
  }

  // resume looks for a path again after the signalling was lost. An own offer
  // that is still unanswered went down with the old socket: it is taken back,
  // since nothing new is offered before it is settled.
  async resume(): Promise<void> {
    await this.#try(async () => {
      if (this.#pc.signalingState === "have-local-offer") {
        await this.#pc.setLocalDescription({ type: "rollback" });
      }
      this.#pc.restartIce();
    });
  }

  get alive(): boolean {
    return this.#pc.connectionState !== "closed" && this.#pc.connectionState !== "failed";
  }

  async description(description: RTCSessionDescriptionInit): Promise<void> {
    // An answer to an offer that was taken back answers nothing.
    if (description.type === "answer" && this.#pc.signalingState === "stable") return;
    await this.#try(async () => {
      // The browser rolls our own offer back by itself when it collides.
      await this.#pc.setRemoteDescription(description);
      if (description.type === "offer") {
        await this.#pc.setLocalDescription();
        this.#sendLocal();
      }
    });
  }

  async candidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (candidate) await this.#try(() => this.#pc.addIceCandidate(candidate));
  }

  close(): void {
    clearTimeout(this.#restart);
    this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }

  async #offer(): Promise<void> {
    if (this.#makingOffer) return;
    this.#makingOffer = true;
    await this.#try(async () => {
      await this.#pc.setLocalDescription();
      this.#sendLocal();
    });
    this.#makingOffer = false;
  }

  // try reports what fails, unless the connection was closed under it.
  async #try(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (e) {
      if (this.#pc.signalingState !== "closed") this.events.broken(e);
    }
  }

  #sendLocal(): void {
    const d = this.#pc.localDescription;
    if (d) this.send({ type: "description", description: { type: d.type, sdp: d.sdp } });
  }

  #track(e: RTCTrackEvent): void {
    if (e.track.kind === "audio") {
      this.events.mix(new MediaStream([e.track]));
      return;
    }
    // MediaStream ids of pictures are "v" and the source's id.
    const stream = e.streams[0];
    const source = Number(stream?.id.match(/^v(\d+)$/)?.[1]);
    if (!stream || !source) return;
    this.events.picture(source, stream);
    stream.onremovetrack = () => this.events.picture(source, null);
  }
}
