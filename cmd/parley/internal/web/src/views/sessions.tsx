import { useEffect, useState } from "preact/hooks";
import { type Announced, type Directory, liveText, mediaLine } from "../directory";
import { Groups } from "./groups";

// Sessions lists the conference's groups, and the multicast sessions that are
// announced in the network. One click takes one into the conference.
export function Sessions({ directory, conference }: { directory: Directory; conference: string }) {
  useEffect(() => directory.open(conference), [directory, conference]);
  const sessions = directory.sessions.value;
  return (
    <aside id="sessions" class="roster" aria-label="Multicast sessions">
      <Groups directory={directory} />
      <p class="hint">Announced in the network. Whoever is in it can announce: names are what they say.</p>
      {(directory.problem.value || directory.refusal.value) && (
        <p class="missing hint" role="alert">
          {directory.problem.value || directory.refusal.value}
        </p>
      )}
      {directory.wantsToken.value && <Token directory={directory} />}
      {sessions.length === 0 && !directory.problem.value && <p class="hint">Nothing was heard yet.</p>}
      <ul>
        {sessions.map((s) => (
          <Session key={s.id} directory={directory} session={s} conference={conference} />
        ))}
      </ul>
    </aside>
  );
}

function Token({ directory }: { directory: Directory }) {
  const [token, setToken] = useState("");
  const submit = (e: Event) => {
    e.preventDefault();
    directory.giveToken(token);
  };
  return (
    <form class="token" onSubmit={submit}>
      <label>
        Token
        <input id="token" type="password" autocomplete="off" value={token} onInput={(e) => setToken(e.currentTarget.value)} />
      </label>
      <button type="submit">Use</button>
    </form>
  );
}

function Session({ directory, session, conference }: { directory: Directory; session: Announced; conference: string }) {
  const { id, live } = session;
  const elsewhere = session.conference !== "" && session.conference !== conference;
  const since = new Date(session.heardSince).toLocaleTimeString();
  const owner = session.owner === "-" ? "" : `${session.owner} · `;
  const waiting = directory.busy.value === id;
  return (
    <li data-testid="session" data-live={live} data-conference={session.conference}>
      <strong>{session.title || "(no title)"}</strong>
      {session.own && <span class="badge">this bridge's own</span>}
      <span class="leg">
        {owner}
        {session.from} · since {since}
      </span>
      {session.media.map((m) => (
        <span key={m.group} class="source">
          {mediaLine(m)}
        </span>
      ))}
      <span class={live === "yes" ? "source speaking" : "source"}>{liveText(live)}</span>
      <span class="orders">
        {session.conference === "" && (
          <button type="button" class="primary" disabled={waiting} onClick={() => void directory.join(id, conference)}>
            Join to this conference
          </button>
        )}
        {session.conference === conference && (
          <button type="button" class="danger" disabled={waiting} onClick={() => void directory.leave(id)}>
            Take out
          </button>
        )}
        {elsewhere && <span class="leg">in {session.conference}</span>}
        {live === "unknown" && (
          <button type="button" disabled={waiting} onClick={() => void directory.probe(id)}>
            Anybody there?
          </button>
        )}
      </span>
    </li>
  );
}
