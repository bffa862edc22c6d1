// Why a microphone or a camera is missing.
export type Trouble = "refused" | "absent" | "busy" | "failed";

// troubleOf reads what getUserMedia failed with (Media Capture and Streams
// 10.2); Chrome says OverconstrainedError of a chosen device that is gone.
export function troubleOf(e: unknown): Trouble {
  switch (e instanceof Error ? e.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "absent";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "failed";
  }
}

const reasons: Record<Trouble, string> = {
  refused: "the browser was not allowed",
  absent: "none was found",
  busy: "another program uses it, or it does not start",
  failed: "the browser gives none",
};

const cures: Record<Trouble, (what: string) => string> = {
  refused: (what) => `Allow ${what} beside the address`,
  absent: () => "Connect one",
  busy: () => "Close what uses it",
  failed: (what) => `Look for ${what} in the settings of this browser`,
};

// troubleText says in one go what is missing, why, what helps, and what is
// still possible.
export function troubleText(microphone: Trouble | null, camera: Trouble | null): string {
  if (microphone && microphone === camera) {
    return `No microphone and no camera: ${reasons[camera]}. ${cures[camera]("them")} and press Try again. You can listen and see.`;
  }
  const parts: string[] = [];
  if (microphone) parts.push(`No microphone: ${reasons[microphone]}. ${cures[microphone]("it")} and press Try again.`);
  if (camera) parts.push(`No camera: ${reasons[camera]}. ${cures[camera]("it")} and press Try again.`);
  if (microphone && camera) parts.push("You can listen and see.");
  else if (microphone) parts.push("The others see you and do not hear you.");
  else if (camera) parts.push("The others hear you and do not see you.");
  return parts.join(" ");
}
