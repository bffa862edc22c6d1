import { batch, signal } from "@preact/signals";
import { Devices } from "./devices";
import { Peer } from "./peer";
import type { ErrorCode, FromBridge, Quality, Roster } from "./protocol";
import { applyEvent } from "./roster";
import { Socket } from "./socket";

export type Phase = "door" | "joining" | "inside" | "ended";

const emptyRoster: Roster = { sequence: 0, conference: "", title: "", activeSpeaker: 0, members: [] };

// What the bridge refuses, said to a person.
const refusals: Record<ErrorCode, string> = {
  "unknown-conference": "There is no such conference.",
  "pin-required": "This conference asks for a PIN.",
  "pin-wrong": "That PIN is wrong.",
  "pin-locked": "Too many wrong PINs. Wait a minute.",
  full: "The conference is full.",
  "bad-name": "Please give a name.",
  "bad-message": "This page and the bridge do not understand each other. Reload the page.",
  "too-fast": "Too many messages. Wait a moment.",
};

const endings: Record<string, string> = {
  left: "You have left.",
  kicked: "A host has removed you.",
  timeout: "The connection was lost for too long.",
  ended: "The conference has ended.",
  shutdown: "The bridge is shutting down.",
  "media-failed": "Sound and pictures found no way to the bridge.",
  replaced: "You have joined from somewhere else.",
};

// Session is one person's part in one conference, as the views see it.
export class Session {
  readonly phase = signal<Phase>("door");
  readonly problem = signal("");
  readonly needsPIN = signal(false);
  readonly reconnecting = signal(false);
  readonly roster = signal<Roster>(emptyRoster);
  readonly quality = signal<Record<string, Quality>>({});
  readonly pictures = signal<ReadonlyMap<number, MediaStream>>(new Map());
  readonly mix = signal<MediaStream | null>(null);
  readonly media = signal<RTCPeerConnectionState>("new");
  readonly me = signal("");
  readonly muted = signal(false);
  readonly cameraOn = signal(true);
  readonly devices = new Devices();

  #socket: Socket | null = null;
  #peer: Peer | null = null;
  #name = "";
  #pin = "";
  #token = "";

  constructor(readonly conference: string) {}

  async join(name: string, pin: string): Promise<void> {
    this.#name = name;
    this.#pin = pin;
    batch(() => {
      this.phase.value = "joining";
      this.problem.value = "";
    });
    await this.devices.open();
    if (this.#socket) {
      this.#sayJoin(); // asked for the PIN on a connection that stands
      return;
    }
    const url = new URL(`/c/${encodeURIComponent(this.conference)}/ws`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#socket = new Socket(url.href, {
      open: () => this.#sayJoin(),
      message: (m) => void this.#receive(m),
      lost: () => {
        this.reconnecting.value = this.phase.value === "inside";
      },
      gone: () => this.#end(endings.timeout ?? ""),
    });
  }

  leave(): void {
    this.#socket?.send({ type: "leave" });
    this.#end(endings.left ?? "");
  }

  setMuted(muted: boolean): void {
    this.muted.value = muted;
    this.devices.enableMicrophone(!muted);
    this.#socket?.send({ type: "mute", muted });
  }

  async setCamera(on: boolean): Promise<void> {
    this.cameraOn.value = on;
    await this.devices.enableCamera(on);
    await this.#peer?.setCamera(this.devices.camera.value);
    this.#socket?.send({ type: "camera", on: on && this.devices.camera.value !== null });
  }

  async choose(kind: "microphone" | "camera", id: string): Promise<void> {
    await this.devices.choose(kind, id, kind === "microphone" ? !this.muted.value : this.cameraOn.value);
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
        this.#end(m.text || endings[m.cause] || "The conference has let you go.");
        return;
      default:
        return; // a message of a newer bridge
    }
  }

  async #welcome(m: Extract<FromBridge, { type: "welcome" }>): Promise<void> {
    this.#token = m.token;
    batch(() => {
      this.me.value = m.id;
      this.roster.value = m.roster;
      this.phase.value = "inside";
      this.reconnecting.value = false;
      this.problem.value = "";
    });
    if (m.resumed && this.#peer?.alive) {
      await this.#peer.resume();
    } else {
      this.#connect(m.iceServers);
      await this.#sendDevices();
    }
    this.#socket?.send({ type: "mute", muted: this.muted.value });
    this.#socket?.send({ type: "camera", on: this.devices.camera.value !== null });
  }

  #connect(iceServers: RTCIceServer[]): void {
    this.#peer?.close();
    this.pictures.value = new Map();
    this.#peer = new Peer(iceServers, (m) => this.#socket?.send(m), {
      mix: (stream) => {
        this.mix.value = stream;
      },
      picture: (source, stream) => {
        const next = new Map(this.pictures.value);
        if (stream) next.set(source, stream);
        else next.delete(source);
        this.pictures.value = next;
      },
      state: (s) => {
        this.media.value = s;
      },
    });
  }

  async #sendDevices(): Promise<void> {
    await this.#peer?.setMicrophone(this.devices.microphone.value);
    await this.#peer?.setCamera(this.devices.camera.value);
  }

  #refused(code: ErrorCode, message: string): void {
    batch(() => {
      this.problem.value = refusals[code] ?? message;
      this.needsPIN.value ||= code.startsWith("pin-");
      this.phase.value = "door";
    });
    if (code !== "pin-required" && code !== "pin-wrong") this.#hangUp();
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
  }

  #hangUp(): void {
    this.#socket?.close();
    this.#socket = null;
    this.#peer?.close();
    this.#peer = null;
  }
}
