import { batch, computed, signal } from "@preact/signals";
import { Devices, type Kind } from "./devices";
import { Directory } from "./directory";
import { Peer } from "./peer";
import type { ErrorCode, FromBridge, Quality, Roster } from "./protocol";
import { applyEvent } from "./roster";
import { Screen } from "./screen";
import { Socket } from "./socket";
import { endingText, type MediaStage, nameProblem, refusalText } from "./wording";

export type Phase = "door" | "joining" | "inside" | "ended";

const emptyRoster: Roster = { sequence: 0, conference: "", title: "", activeSpeaker: 0, presenting: 0, members: [] };

// After this long without sound and pictures the person is told where to look.
const slowAfter = 10_000;
// How often in a row a broken media connection is replaced. One that breaks at
// the same description each time would be made anew without end.
const mostRenewals = 3;

// Session is one person's part in one conference, as the views see it.
export class Session {
  readonly phase = signal<Phase>("door");
  readonly problem = signal("");
  readonly refusal = signal<ErrorCode | "">("");
  readonly needsPIN = signal(false);
  readonly reconnecting = signal(false);
  readonly roster = signal<Roster>(emptyRoster);
  readonly quality = signal<Record<string, Quality>>({});
  readonly pictures = signal<ReadonlyMap<number, MediaStream>>(new Map());
  readonly mix = signal<MediaStream | null>(null);
  readonly media = signal<RTCPeerConnectionState>("new");
  readonly mediaStage = signal<MediaStage>("connecting");
  readonly mediaProblem = signal("");
  readonly me = signal("");
  readonly muted = signal(false);
  readonly cameraOn = signal(true); // what is wanted; devices.camera is what there is
  readonly devices = new Devices();
  readonly screen = new Screen();
  readonly directory = new Directory();
  readonly title = computed(() => this.roster.value.title || this.conference);

  #socket: Socket | null = null;
  #peer: Peer | null = null;
  #iceServers: RTCIceServer[] = [];
  #renewals = 0;
  #slow = 0;
  #waiting = 0; // since when, of performance.now
  #name = "";
  #pin = "";
  #token = "";

  constructor(readonly conference: string) {
    this.devices.lost = () => void this.#sendDevices();
    this.screen.ended = () => void this.#sendScreen();
  }

  async join(name: string, pin: string): Promise<void> {
    if (this.phase.value === "joining") return; // one connection at a time
    const problem = nameProblem(name);
    if (problem) {
      batch(() => {
        this.problem.value = problem;
        this.refusal.value = "bad-name";
      });
      return;
    }
    this.#name = name.trim();
    this.#pin = pin;
    batch(() => {
      this.phase.value = "joining";
      this.problem.value = "";
      this.refusal.value = "";
    });
    await this.devices.open(this.cameraOn.value);
    const url = new URL(`/c/${encodeURIComponent(this.conference)}/ws`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#socket = new Socket(url.href, {
      open: () => this.#sayJoin(),
      message: (m) => void this.#receive(m),
      lost: () => {
        this.reconnecting.value = this.phase.value === "inside";
      },
      gone: () => this.#end(endingText("timeout")),
    });
  }

  leave(): void {
    this.#socket?.send({ type: "leave" });
    this.#end(endingText("left"));
  }

  // again goes back to the door.
  again(): void {
    batch(() => {
      this.problem.value = "";
      this.refusal.value = "";
      this.phase.value = "door";
    });
  }

  setMuted(muted: boolean): void {
    this.muted.value = muted;
    this.devices.enableMicrophone(!muted);
    this.#socket?.send({ type: "mute", muted });
  }

  async setCamera(on: boolean): Promise<void> {
    this.cameraOn.value = on;
    await this.devices.enableCamera(on);
    await this.#sendDevices();
  }

  // share shows a screen, window or tab of this computer to all, or ends that.
  async share(on: boolean): Promise<void> {
    if (on) await this.screen.open();
    else this.screen.close();
    await this.#sendScreen();
  }

  async choose(kind: Kind, id: string): Promise<void> {
    await this.devices.choose(kind, id, kind === "microphone" || this.cameraOn.value);
    await this.#sendDevices();
  }

  // retryDevices asks again for the microphone and the camera that are missing.
  async retryDevices(): Promise<void> {
    await this.devices.retry(this.cameraOn.value);
    await this.#sendDevices();
  }

  #sayJoin(): void {
    const m = { type: "join", name: this.#name } as const;
    this.#socket?.send({
      ...m,
      ...(this.#pin ? { pin: this.#pin } : {}),
      ...(this.#token ? { token: this.#token } : {}),
    });
  }

  async #receive(m: FromBridge): Promise<void> {
    switch (m.type) {
      case "welcome":
        return this.#welcome(m);
      case "error":
        return this.#refused(m.code, m.message);
      case "description":
        return this.#peer?.description(m.description);
      case "candidate":
        return this.#peer?.candidate(m.candidate);
      case "roster":
        this.roster.value = m.roster;
        return;
      case "event":
        this.roster.value = applyEvent(this.roster.value, m.event);
        return;
      case "quality":
        this.quality.value = m.participants;
        return;
      case "ping":
        this.#socket?.send({ type: "pong" });
        return;
      case "bye":
        this.#end(endingText(m.cause, m.text));
        return;
      default:
        return; // a message of a newer bridge
    }
  }

  async #welcome(m: Extract<FromBridge, { type: "welcome" }>): Promise<void> {
    this.#token = m.token;
    this.#iceServers = m.iceServers;
    batch(() => {
      this.me.value = m.id;
      this.roster.value = m.roster;
      this.phase.value = "inside";
      this.reconnecting.value = false;
      this.problem.value = "";
    });
    this.#renewals = 0;
    if (m.resumed && this.#peer?.alive) {
      await this.#peer.resume();
    } else {
      this.#connect();
    }
    this.#socket?.send({ type: "mute", muted: this.muted.value });
    await this.#sendDevices();
    if (this.screen.track.value) await this.#sendScreen();
  }

  #connect(): void {
    this.#peer?.close();
    this.pictures.value = new Map();
    this.mediaProblem.value = "";
    this.#mediaState("new");
    const peer = new Peer(this.#iceServers, (m) => this.#socket?.send(m), {
      mix: (stream) => {
        this.mix.value = stream;
      },
      picture: (source, stream) => {
        const next = new Map(this.pictures.value);
        if (stream) next.set(source, stream);
        else next.delete(source);
        this.pictures.value = next;
      },
      state: (s) => this.#mediaState(s),
      broken: (e) => {
        if (this.#peer === peer) this.#renew(e);
      },
    });
    this.#peer = peer;
  }

  // renew makes a new media connection in the place of one that has taken a
  // description only in part; the bridge drops its own old one at the new offer.
  #renew(e: unknown): void {
    console.error("parley: the media connection is broken:", e);
    if (this.#renewals >= mostRenewals) {
      this.mediaProblem.value = `This browser and the bridge do not agree on sound and pictures: ${e instanceof Error ? e.message : e}`;
      return;
    }
    this.#renewals++;
    this.#connect();
    void this.#sendDevices();
    if (this.screen.track.value) void this.#sendScreen();
  }

  #mediaState(s: RTCPeerConnectionState): void {
    clearTimeout(this.#slow);
    batch(() => {
      this.media.value = s;
      if (s === "connected") {
        this.mediaStage.value = "connected";
        this.mediaProblem.value = "";
      } else if (s === "new") {
        this.mediaStage.value = "connecting";
      } else if (this.mediaStage.value === "connected") {
        this.mediaStage.value = "interrupted";
      }
    });
    // The states between keep the hint that is shown already.
    if (this.mediaStage.value !== "connecting") return;
    if (s === "new") this.#waiting = performance.now();
    const left = Math.max(0, slowAfter - (performance.now() - this.#waiting));
    this.#slow = window.setTimeout(() => (this.mediaStage.value = "slow"), left);
  }

  // sendDevices hands what there is to the connection and tells the bridge
  // whether to expect pictures.
  async #sendDevices(): Promise<void> {
    const { microphone, camera } = this.devices;
    this.devices.enableMicrophone(!this.muted.value);
    try {
      await this.#peer?.setMicrophone(microphone.value);
      await this.#peer?.setCamera(camera.value);
    } catch (e) {
      // One that was closed meanwhile has its successor served.
      if (this.#peer?.alive) console.error("parley: a device cannot be sent:", e);
    }
    this.#socket?.send({ type: "camera", on: camera.value !== null });
  }

  async #sendScreen(): Promise<void> {
    try {
      await this.#peer?.setScreen(this.screen.track.value);
    } catch (e) {
      if (this.#peer?.alive) console.error("parley: the screen cannot be sent:", e);
    }
  }

  #refused(code: ErrorCode, message: string): void {
    batch(() => {
      this.problem.value = refusalText(code, message);
      this.refusal.value = code;
      this.needsPIN.value ||= code.startsWith("pin-");
      this.phase.value = "door";
    });
    this.#hangUp(); // or the connection comes back by itself, with the wrong PIN again
  }

  #end(text: string): void {
    batch(() => {
      this.problem.value = text;
      this.phase.value = "ended";
      this.reconnecting.value = false;
      this.pictures.value = new Map();
      this.mix.value = null;
    });
    this.#token = "";
    this.#hangUp();
    this.devices.close();
    this.screen.close();
  }

  #hangUp(): void {
    clearTimeout(this.#slow);
    this.#socket?.close();
    this.#socket = null;
    this.#peer?.close();
    this.#peer = null;
  }
}
