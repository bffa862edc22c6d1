import { useState } from "preact/hooks";
import { peopleCount } from "../roster";
import type { Session } from "../session";
import { Controls } from "./controls";
import { Grid } from "./grid";
import { Mix } from "./mix";
import { Notices } from "./notices";
import { RosterList } from "./roster-list";
import { Sessions } from "./sessions";

// Below it the list would leave no room for the pictures; see style.css.
const wide = "(min-width: 700px)";

export function Room({ session }: { session: Session }) {
  const [listOpen, openList] = useState(() => matchMedia(wide).matches);
  const [sessionsOpen, openSessions] = useState(false);
  return (
    <div class="room" data-testid="room" data-me={session.me.value} data-media={session.media.value}>
      <header>
        <h1>{session.title.value}</h1>
        <button
          id="sessions-toggle"
          type="button"
          aria-expanded={sessionsOpen}
          aria-controls="sessions"
          onClick={() => openSessions(!sessionsOpen)}
        >
          Multicast
        </button>
        <button
          id="people-toggle"
          type="button"
          aria-expanded={listOpen}
          aria-controls="people"
          onClick={() => openList(!listOpen)}
        >
          People ({peopleCount(session.roster.value)})
        </button>
      </header>
      <Notices session={session} />
      <div class="stage">
        <Grid session={session} />
        {sessionsOpen && <Sessions directory={session.directory} conference={session.conference} />}
        {listOpen && <RosterList session={session} />}
      </div>
      <Controls session={session} />
      <Mix session={session} />
    </div>
  );
}
