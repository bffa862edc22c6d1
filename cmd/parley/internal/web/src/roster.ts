import type { ConferenceEvent, Member, Roster, Source } from "./protocol";

// applyEvent returns the roster after one event. An event that the roster
// already contains (sequence not above its own) changes nothing.
export function applyEvent(roster: Roster, event: ConferenceEvent): Roster {
  if (event.sequence <= roster.sequence) return roster;
  const next = { ...roster, sequence: event.sequence };
  switch (event.kind) {
    case "left":
      next.members = roster.members.filter((m) => m.id !== event.participant);
      break;
    case "active-speaker":
      next.activeSpeaker = event.source;
      break;
    case "presenting":
      next.presenting = event.source;
      break;
    case "ended":
      next.members = [];
      break;
    default:
      if (event.member?.id) next.members = withMember(roster.members, event.member);
  }
  return next;
}

function withMember(members: Member[], member: Member): Member[] {
  const at = members.findIndex((m) => m.id === member.id);
  return at < 0 ? [...members, member] : members.with(at, member);
}

// memberOf finds who a source belongs to.
export function memberOf(roster: Roster, source: number): Member | undefined {
  return roster.members.find((m) => m.sources.some((s) => s.id === source));
}

// titleOf is what stands under a picture: the source's own name where it has
// one, such as a member of a multicast group.
export function titleOf(roster: Roster, source: number): string {
  const member = memberOf(roster, source);
  const own = member?.sources.find((s) => s.id === source)?.name;
  if (!member) return "";
  return own && own !== member.name ? `${own} · ${member.name}` : member.name;
}

// peopleCount is how many are here: a group counts as the members that were
// heard of, the bridge's own parts, such as a recorder, as nobody.
export function peopleCount(roster: Roster): number {
  const count = (m: Member) => (m.wire === "internal" ? 0 : m.wire === "multicast" ? m.sources.filter(heardOf).length : 1);
  return roster.members.reduce((n, m) => n + count(m), 0);
}

// heardOf tells a member of a group from the source that stands for those
// who have not sent yet.
function heardOf(s: Source): boolean {
  return s.cname !== "" || s.address !== "" || s.audioCodec !== "" || s.videoCodec !== "";
}

// saidOfItself is what else a member of a group tells (SDES of RTCP), a line each.
export function saidOfItself(s: Source): string {
  return [s.note, s.email, s.tool, s.cname === s.name ? "" : s.cname].filter((text) => text).join("\n");
}
