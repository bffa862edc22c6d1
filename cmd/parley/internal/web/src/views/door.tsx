import { useLayoutEffect, useRef, useState } from "preact/hooks";
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
  const nameField = useRef<HTMLInputElement>(null);
  const pinField = useRef<HTMLInputElement>(null);
  const phase = session.phase.value;
  const refusal = session.refusal.value;
  const joining = phase === "joining";
  const submit = (e: Event) => {
    e.preventDefault();
    try {
      localStorage.setItem(rememberedName, name.trim());
    } catch {
      // remembered another time
    }
    void session.join(name, pin.trim());
    // Said again for a second name of nothing, when no signal changes.
    if (session.refusal.value === "bad-name") nameField.current?.focus();
  };
  // The keys go where something is asked for, from when it is read on.
  useLayoutEffect(() => {
    if (phase !== "door") return;
    const field = refusal === "pin-required" || refusal === "pin-wrong" ? pinField.current : nameField.current;
    field?.focus();
    if (refusal === "pin-wrong") field?.select();
  }, [phase, refusal]);
  return (
    <main class="door">
      <h1>parley</h1>
      <p class="subject">{session.title.value}</p>
      <form onSubmit={submit} noValidate>
        <label>
          Your name
          <input
            id="name"
            ref={nameField}
            value={name}
            maxLength={64}
            required
            autocomplete="name"
            aria-invalid={refusal === "bad-name"}
            aria-describedby="problem"
            onInput={(e) => setName(e.currentTarget.value)}
          />
        </label>
        {session.needsPIN.value && (
          <label>
            PIN
            <input
              id="pin"
              ref={pinField}
              type="password"
              inputMode="numeric"
              autocomplete="one-time-code"
              value={pin}
              aria-invalid={refusal === "pin-wrong"}
              aria-describedby="problem"
              onInput={(e) => setPIN(e.currentTarget.value)}
            />
          </label>
        )}
        <button id="join" type="submit" class="primary" disabled={joining}>
          {joining ? "Joining…" : "Join"}
        </button>
      </form>
      <p id="problem" role="alert" class={refusal === "pin-required" ? "question" : ""}>
        {session.problem.value}
      </p>
    </main>
  );
}
