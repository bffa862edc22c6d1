import type { Member, Quality } from "./protocol";

const wires: Record<string, string> = {
  webrtc: "browser",
  sip: "SIP",
  h323: "H.323",
  multicast: "multicast",
  internal: "bridge",
};

// wireName is what a person calls a wire.
export function wireName(wire: string): string {
  return wires[wire] ?? wire;
}

// plateName is what stands under who is only heard; a group that is called
// Multicast is not called so twice.
export function plateName(member: Member): string {
  const wire = wireName(member.wire);
  return member.name.toLowerCase() === wire.toLowerCase() ? member.name : `${member.name} · ${wire}`;
}

// initials stand for a face.
export function initials(name: string): string {
  return name
    .split(/\s+/)
    .slice(0, 2)
    .map((w) => [...w][0] ?? "")
    .join("")
    .toUpperCase();
}

// codecsOf lists the codecs of a participant, each once.
export function codecsOf(member: Member): string {
  const names = new Set<string>();
  for (const s of member.sources) {
    if (s.audioCodec) names.add(shortCodec(s.audioCodec));
    if (s.videoCodec) names.add(shortCodec(s.videoCodec));
  }
  if (names.size === 0 && member.sendCodec) names.add(shortCodec(member.sendCodec));
  return [...names].join(", ");
}

// shortCodec is "opus" of "opus/48000/2".
export function shortCodec(codec: string): string {
  return codec.split("/")[0] ?? codec;
}

// qualityLine is one line on a leg: loss in both directions, jitter, round trip.
export function qualityLine(q: Quality): string {
  const parts = [`loss ${percent(q.loss)}`];
  if (q.remoteLoss > 0) parts.push(`to them ${percent(q.remoteLoss)}`);
  parts.push(`jitter ${Math.round(q.jitterMs)} ms`);
  if (q.delayMs > 0) parts.push(`buffer ${Math.round(q.delayMs)} ms`);
  if (q.rttMs > 0) parts.push(`round trip ${Math.round(q.rttMs)} ms`);
  return parts.join(" · ");
}

// grade judges a leg by its worse direction: over 1 % of loss is heard, over
// 5 % hurts.
export function grade(q: Quality): "good" | "fair" | "poor" {
  const loss = Math.max(q.loss, q.remoteLoss);
  if (loss > 0.05 || q.jitterMs > 100) return "poor";
  if (loss > 0.01 || q.jitterMs > 40) return "fair";
  return "good";
}

// percent is "1.5 %" of a share.
export function percent(x: number): string {
  const p = x * 100;
  return `${p === 0 || p >= 9.95 ? Math.round(p) : p.toFixed(1)} %`;
}
