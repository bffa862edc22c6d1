import { useEffect } from "preact/hooks";
import type { Session } from "../session";
import { Door } from "./door";
import { Room } from "./room";

export function App({ session }: { session: Session }) {
  const title = session.title.value;
  useEffect(() => {
    document.title = title ? `${title} – parley` : "parley";
  }, [title]);
  switch (session.phase.value) {
    case "inside":
      return <Room session={session} />;
    case "ended":
      return (
        <main class="door">
          <h1>{title}</h1>
          <p data-testid="ended" role="status">
            {session.problem.value}
          </p>
          <button id="again" type="button" class="primary" onClick={() => session.again()}>
            Join again
          </button>
        </main>
      );
    default:
      return <Door session={session} />;
  }
}
