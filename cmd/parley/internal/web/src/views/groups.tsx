import type { Directory } from "../directory";
import {
  bridgesLine,
  faultLine,
  type Group,
  type GroupSession,
  loopLine,
  lossLine,
  membersLine,
  passedLine,
  reachLine,
  receiverName,
  receptionGrade,
  receptionLine,
  standbyLine,
} from "../groups";

// Groups shows who is in the conference's own multicast groups, what each member
// receives of what the bridge sends there (RTCP), and what the bridge does not take.
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
      <Line text={reachLine(group)} />
      <Line text={loopLine(group)} alarm />
      {group.audio && <Side kind="audio" session={group.audio} listenOnly={group.listenOnly} />}
      {group.video && <Side kind="video" session={group.video} listenOnly={group.listenOnly} />}
    </li>
  );
}

function Side({ kind, session, listenOnly }: { kind: string; session: GroupSession; listenOnly: boolean }) {
  return (
    <div data-testid={`group-${kind}`} data-reports={session.loss.reports}>
      <span class="leg">
        {kind}: {membersLine(session, listenOnly)}
      </span>
      <Line text={standbyLine(session)} alarm />
      <Line text={faultLine(session)} alarm />
      <Line text={bridgesLine(session)} />
      <Line text={passedLine(session)} />
      {!listenOnly && <Line text={lossLine(session)} />}
      {session.receptions.map((r) => (
        <span key={`${r.receiver} ${r.stream}`} class={`source quality ${receptionGrade(r)}`} data-testid="reception" title={r.address || r.cname}>
          {receiverName(r)}: {receptionLine(r)}
        </span>
      ))}
    </div>
  );
}

function Line({ text, alarm = false }: { text: string; alarm?: boolean }) {
  if (!text) return null;
  return (
    <span class={alarm ? "alarm" : "leg"} data-testid={alarm ? "group-alarm" : undefined}>
      {text}
    </span>
  );
}
