import { grade, percent } from "./format";

// What GET /api/v1/conferences/{id}/groups tells; see the API's description. All
// names are what members say of themselves.
export interface Group {
  address: string;
  ttl: number;
  scope: string;
  listenOnly: boolean;
  loops: number;
  audio?: GroupSession;
  video?: GroupSession;
}

export interface GroupSession {
  group: string;
  members: number;
  senders: number;
  intervalS: number;
  filtered: number;
  belowHopFloor: number;
  undecrypted: number;
  higherLayers: number;
  collisions: number;
  bridging: { standby: boolean; reason?: string; others: { identity: string; cname: string; single: boolean }[] };
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
export function membersLine(s: GroupSession, listenOnly = false): string {
  const members = `${s.members} ${s.members === 1 ? "member" : "members"}`;
  if (listenOnly) return `${members}, ${s.senders === 0 ? "nobody sends" : `${s.senders} ${s.senders === 1 ? "sends" : "send"}`}`;
  if (s.senders === 0) return `${members}, nobody sends but the bridge`;
  return `${members}, ${s.senders} ${s.senders === 1 ? "sends" : "send"} besides the bridge`;
}

// reachLine is how far the bridge sends.
export function reachLine(g: Group): string {
  return g.listenOnly ? "only listened to" : `sent with TTL ${g.ttl} · ${g.scope} scope`;
}

// passedLine is what is not taken since it is not wanted; "" for nothing.
export function passedLine(s: GroupSession): string {
  return counted("passed over: ", [
    [s.filtered, "of other sources"],
    [s.belowHopFloor, "from too far away"],
    [s.higherLayers, "of higher layers"],
  ]);
}

// faultLine is what should not be, and what to look for; "" for nothing.
export function faultLine(s: GroupSession): string {
  return counted("", [
    [s.undecrypted, "packets not of the group's key"],
    [s.collisions, "of our SSRCs taken by others"],
  ]);
}

// loopLine is the same of what came back, by any of the groups.
export function loopLine(g: Group): string {
  return counted("", [[g.loops, "packets cut off that came back or came twice"]]);
}

function counted(before: string, counts: [number, string][]): string {
  const parts = counts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
  return parts.length > 0 ? before + parts.join(" · ") : "";
}

// standbyLine is why the group is left to another bridge; "" where it is not.
export function standbyLine(s: GroupSession): string {
  return s.bridging.standby ? s.bridging.reason || "stands by" : "";
}

// bridgesLine names the other bridges in the group that carry to further ones.
export function bridgesLine(s: GroupSession): string {
  const names = s.bridging.others.filter((o) => !o.single).map((o) => o.identity || o.cname || "one that says no name");
  if (names.length === 0) return "";
  return `${names.length === 1 ? "another bridge" : "other bridges"} here: ${names.join(", ")}`;
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
