import type { Session } from "../session";
import { Door } from "./door";
import { Room } from "./room";

export function App({ session }: { session: Session }) {
  switch (session.phase.value) {
    case "inside":
      return <Room session={session} />;
    case "ended":
      return (
        <main class="door">
          <h1>{session.roster.value.title || session.conference}</h1>
          <p data-testid="ended" role="status">
            {session.problem.value}
          </p>
          <button type="button" onClick={() => (session.phase.value = "door")}>
            Join again
          </button>
        </main>
      );
    default:
      return <Door session={session} />;
  }
}
