import { grade, percent } from "./format";

// What GET /api/v1/conferences/{id}/groups tells; see the API's description. All
// names are what members say of themselves.
export interface Group {
  address: string;
  audio?: GroupSession;
  video?: GroupSession;
}

export interface GroupSession {
  group: string;
  members: number;
  senders: number;
  intervalS: number;
  loss: { reports: number; median: number; p95: number; worst: number };
  receptions: Reception[];
}

// Reception is what one member receives of one stream of the bridge's.
export interface Reception {
  receiver: number;
  stream: number;
  cname: string;
  name: string;
  address: string;
  loss: number;
  jitterMs: number;
  rttMs: number;
}

// shownReceptions is how many members are shown: those who lose most.
export const shownReceptions = 20;

// membersLine is "3 members, 1 sends besides the bridge".
export function membersLine(s: GroupSession): string {
  const members = `${s.members} ${s.members === 1 ? "member" : "members"}`;
  if (s.senders === 0) return `${members}, nobody sends but the bridge`;
  return `${members}, ${s.senders} ${s.senders === 1 ? "sends" : "send"} besides the bridge`;
}

// lossLine is how what the bridge sends arrives with all who report.
export function lossLine(s: GroupSession): string {
  const { reports, median, p95, worst } = s.loss;
  if (reports === 0) return "nobody reports what arrives";
  return `lost on the way to them: median ${percent(median)} · 95th ${percent(p95)} · worst ${percent(worst)}`;
}

// receiverName is who reports.
export function receiverName(r: Reception): string {
  return r.name || r.cname || r.address || `SSRC ${r.receiver}`;
}

// receptionLine is what arrives there.
export function receptionLine(r: Reception): string {
  const parts = [`loss ${percent(r.loss)}`, `jitter ${Math.round(r.jitterMs)} ms`];
  if (r.rttMs > 0) parts.push(`round trip ${Math.round(r.rttMs)} ms`);
  return parts.join(" · ");
}

// receptionGrade judges it as a leg is judged.
export function receptionGrade(r: Reception): "good" | "fair" | "poor" {
  return grade({ loss: r.loss, remoteLoss: 0, jitterMs: r.jitterMs, delayMs: 0, rttMs: r.rttMs });
}
