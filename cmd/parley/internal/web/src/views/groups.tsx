import type { Directory } from "../directory";
import { type Group, type GroupSession, lossLine, membersLine, receiverName, receptionGrade, receptionLine } from "../groups";

// Groups shows who is in the conference's own multicast groups, and what each
// member receives of what the bridge sends there (RTCP).
export function Groups({ directory }: { directory: Directory }) {
  const groups = directory.groups.value;
  if (groups.length === 0) return null;
  return (
    <ul aria-label="Groups of this conference">
      {groups.map((g) => (
        <GroupItem key={g.address} group={g} />
      ))}
    </ul>
  );
}

function GroupItem({ group }: { group: Group }) {
  return (
    <li data-testid="group">
      <strong>{group.address}</strong>
      <span class="badge">takes part here</span>
      {group.audio && <Side kind="audio" session={group.audio} />}
      {group.video && <Side kind="video" session={group.video} />}
    </li>
  );
}

function Side({ kind, session }: { kind: string; session: GroupSession }) {
  return (
    <div data-testid={`group-${kind}`} data-reports={session.loss.reports}>
      <span class="leg">
        {kind}: {membersLine(session)}
      </span>
      <span class="leg">{lossLine(session)}</span>
      {session.receptions.map((r) => (
        <span key={`${r.receiver} ${r.stream}`} class={`source quality ${receptionGrade(r)}`} data-testid="reception" title={r.address || r.cname}>
          {receiverName(r)}: {receptionLine(r)}
        </span>
      ))}
    </div>
  );
}
