import { useState } from "preact/hooks";
import type { Session } from "../session";

const rememberedName = "parley.name";

function remembered(): string {
  try {
    return localStorage.getItem(rememberedName) ?? "";
  } catch {
    return ""; // storage is switched off
  }
}

// Door asks for name and, where the conference wants one, PIN.
export function Door({ session }: { session: Session }) {
  const [name, setName] = useState(remembered);
  const [pin, setPIN] = useState("");
  const joining = session.phase.value === "joining";
  const submit = (e: Event) => {
    e.preventDefault();
    try {
      localStorage.setItem(rememberedName, name);
    } catch {
      // remembered another time
    }
    void session.join(name.trim(), pin.trim());
  };
  return (
    <main class="door">
      <h1>parley</h1>
      <p class="subject">{session.conference}</p>
      <form onSubmit={submit}>
        <label>
          Your name
          <input
            id="name"
            value={name}
            maxLength={64}
            required
            autocomplete="name"
            onInput={(e) => setName(e.currentTarget.value)}
          />
        </label>
        {session.needsPIN.value && (
          <label>
            PIN
            <input
              id="pin"
              type="password"
              inputMode="numeric"
              autocomplete="one-time-code"
              value={pin}
              onInput={(e) => setPIN(e.currentTarget.value)}
            />
          </label>
        )}
        <button id="join" type="submit" class="primary" disabled={joining}>
          {joining ? "Joining…" : "Join"}
        </button>
      </form>
      <p id="problem" role="alert">
        {session.problem.value}
      </p>
    </main>
  );
}
