import { useState } from "preact/hooks";
import type { Session } from "../session";
import { Controls } from "./controls";
import { Grid } from "./grid";
import { Mix } from "./mix";
import { RosterList } from "./roster-list";

export function Room({ session }: { session: Session }) {
  const [listOpen, openList] = useState(true);
  const { title, conference, members } = session.roster.value;
  return (
    <div class="room" data-testid="room" data-me={session.me.value} data-media={session.media.value}>
      <header>
        <h1>{title || conference}</h1>
        {session.reconnecting.value && (
          <p class="notice" role="status" data-testid="reconnecting">
            Connection lost, trying again…
          </p>
        )}
        {session.devices.problem.value && (
          <p class="notice" role="status">
            {session.devices.problem.value}
          </p>
        )}
        <button type="button" aria-pressed={listOpen} onClick={() => openList(!listOpen)}>
          People ({members.length})
        </button>
      </header>
      <div class="stage">
        <Grid session={session} />
        {listOpen && <RosterList session={session} />}
      </div>
      <Controls session={session} />
      <Mix session={session} />
    </div>
  );
}
