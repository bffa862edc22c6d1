// The messages of docs/signalling.md.

export type ParticipantId = string;
export type SourceId = number;

export interface Source {
  id: SourceId;
  name: string;
  cname: string;
  email?: string;
  tool?: string;
  note?: string;
  address: string;
  audioCodec: string;
  videoCodec: string;
  hasAudio: boolean;
  hasVideo: boolean;
  presentation: boolean; // slides or a shared screen
  speaking: boolean;
  level: number;
}

export interface Missing {
  source: SourceId;
  codec: string;
}

export interface Member {
  id: ParticipantId;
  name: string;
  wire: string;
  address: string;
  joined: string;
  muted: boolean;
  mutedByHost: boolean;
  encrypted: boolean;
  alarm?: string; // what is wrong with the connection
  sendCodec: string;
  sources: Source[];
  missing: Missing[];
}

export interface Roster {
  sequence: number;
  conference: string;
  title: string;
  activeSpeaker: SourceId;
  presenting: SourceId; // the presentation that is shown; 0: none
  members: Member[];
}

export type EventKind =
  | "joined"
  | "left"
  | "updated"
  | "muted"
  | "source-added"
  | "source-removed"
  | "source-updated"
  | "speaking"
  | "active-speaker"
  | "presenting"
  | "missing-codec"
  | "ended";

export interface ConferenceEvent {
  sequence: number;
  time: string;
  kind: EventKind;
  participant: ParticipantId;
  source: SourceId;
  cause: { code: string; text: string };
  member: Member;
}

export interface Quality {
  loss: number;
  jitterMs: number;
  delayMs: number;
  rttMs: number;
  remoteLoss: number;
}

export type ErrorCode =
  | "unknown-conference"
  | "pin-required"
  | "pin-wrong"
  | "pin-locked"
  | "full"
  | "bad-name"
  | "bad-message"
  | "too-fast";

export type FromBridge =
  | {
      type: "welcome";
      id: ParticipantId;
      token: string;
      resumed: boolean;
      conference: { id: string; title: string };
      iceServers: RTCIceServer[];
      roster: Roster;
    }
  | { type: "error"; code: ErrorCode; message: string }
  | { type: "description"; description: RTCSessionDescriptionInit }
  | { type: "candidate"; candidate: RTCIceCandidateInit | null }
  | { type: "roster"; roster: Roster }
  | { type: "event"; event: ConferenceEvent }
  | { type: "quality"; participants: Record<ParticipantId, Quality> }
  | { type: "ping" }
  | { type: "bye"; cause: string; text: string };

export type ToBridge =
  | { type: "join"; name: string; pin?: string; token?: string }
  | { type: "description"; description: RTCSessionDescriptionInit }
  | { type: "candidate"; candidate: RTCIceCandidateInit | null }
  | { type: "mute"; muted: boolean }
  | { type: "camera"; on: boolean }
  | { type: "screen"; on: boolean; stream: string }
  | { type: "keyframe"; source: SourceId }
  | { type: "leave" }
  | { type: "pong" };
