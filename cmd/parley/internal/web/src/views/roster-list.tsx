import { codecsOf, grade, qualityLine, shortCodec, wireName } from "../format";
import type { Member, Quality } from "../protocol";
import { saidOfItself, titleOf } from "../roster";
import type { Session } from "../session";

// RosterList shows who is here, by which wire and codec, and how each leg
// fares.
export function RosterList({ session }: { session: Session }) {
  const roster = session.roster.value;
  return (
    <aside id="people" class="roster" aria-label="People">
      <ul>
        {roster.members.map((m) => (
          <Person key={m.id} session={session} member={m} quality={session.quality.value[m.id]} />
        ))}
      </ul>
    </aside>
  );
}

function Person({ session, member, quality }: { session: Session; member: Member; quality: Quality | undefined }) {
  const speaking = member.sources.some((s) => s.speaking);
  const own = member.id === session.me.value;
  // Without a connection there is nothing that the values would speak of.
  const connecting = own && session.mediaStage.value !== "connected";
  const named = member.sources.filter((s) => s.name && s.name !== member.name);
  return (
    <li class={speaking ? "speaking" : ""} data-testid="member" data-participant={member.id} data-wire={member.wire}>
      <strong>
        {member.name}
        {own && " (you)"}
      </strong>
      {(member.muted || member.mutedByHost) && (
        <span class="badge">{member.mutedByHost ? "muted by host" : "muted"}</span>
      )}
      {member.encrypted && !connecting && (
        <span class="badge" data-testid="encrypted" title="Sound and pictures to and from the bridge are encrypted">
          encrypted
        </span>
      )}
      <span class="leg">
        {wireName(member.wire)} · {connecting ? "connecting" : codecsOf(member) || "no media"}
      </span>
      {member.alarm && (
        <span class="alarm" role="alert" data-testid="alarm">
          {member.alarm}
        </span>
      )}
      {named.map((s) => (
        <span key={s.id} class={`source ${s.speaking ? "speaking" : ""}`} title={saidOfItself(s)}>
          {s.name} {shortCodec(s.audioCodec || s.videoCodec)}
        </span>
      ))}
      {member.missing.map((x) => (
        <span key={x.source} class="missing">
          cannot see {titleOf(session.roster.value, x.source)}: no {shortCodec(x.codec)}
        </span>
      ))}
      {quality && !connecting && (
        <span class={`quality ${grade(quality)}`} data-testid="quality">
          {qualityLine(quality)}
        </span>
      )}
    </li>
  );
}
