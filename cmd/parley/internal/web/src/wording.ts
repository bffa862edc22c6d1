import type { ErrorCode } from "./protocol";

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

export function refusalText(code: ErrorCode, message: string): string {
  return refusals[code] ?? message;
}

const endings: Record<string, string> = {
  left: "You have left.",
  kicked: "A host has removed you.",
  timeout: "The connection was lost for too long.",
  ended: "The conference has ended.",
  shutdown: "The bridge is shutting down.",
  "media-failed":
    "No way for sound and pictures between this browser and the bridge. " +
    "Is the media port (8443 by default) open, UDP or TCP? Behind NAT, external_address must be set.",
  replaced: "You have joined from somewhere else.",
};

// endingText says why a seat ended. Only a host's text is for the person who
// was removed; that of the other causes is a note for the log.
export function endingText(cause: string, text = ""): string {
  if (cause === "kicked" && text) return `A host has removed you: ${text}`;
  return endings[cause] ?? (text || "The conference has let you go.");
}

// nameProblem is why a name is refused, "" for one that is not.
export function nameProblem(name: string): string {
  return name.trim() === "" ? refusals["bad-name"] : "";
}

export type MediaStage = "connecting" | "slow" | "interrupted" | "connected";

// mediaText says how far sound and pictures are; "" when they flow.
export function mediaText(stage: MediaStage): string {
  switch (stage) {
    case "connecting":
      return "Connecting sound and pictures…";
    case "slow":
      return (
        "Connecting sound and pictures… This takes long: " +
        "is the bridge's media port (8443 by default) open, UDP or TCP?"
      );
    case "interrupted":
      return "Sound and pictures are interrupted, looking for a way…";
    case "connected":
      return "";
  }
}
