import { useState } from "preact/hooks";
import type { Session } from "../session";
import { troubleText } from "../trouble";
import { mediaText } from "../wording";

// Notices say what does not work at the moment, worst first.
export function Notices({ session }: { session: Session }) {
  const media = session.mediaProblem.value || mediaText(session.mediaStage.value);
  return (
    <div class="notices">
      {session.reconnecting.value ? (
        <p class="notice" role="status" data-testid="reconnecting">
          Connection lost, trying again…
        </p>
      ) : (
        media && (
          <p class="notice" role="status" data-testid="media-notice">
            {media}
          </p>
        )
      )}
      <DeviceNotice session={session} />
    </div>
  );
}

const insecureText =
  "No microphone and no camera: this browser gives them only to pages from https:// or localhost. You can listen and see.";

function DeviceNotice({ session }: { session: Session }) {
  const { devices } = session;
  const [asking, setAsking] = useState(false);
  const [hidden, hide] = useState("");
  const insecure = devices.insecure.value;
  const text = insecure ? insecureText : troubleText(devices.microphoneTrouble.value, devices.cameraTrouble.value);
  if (!text || text === hidden) return null;
  const retry = async () => {
    setAsking(true);
    await session.retryDevices();
    setAsking(false);
  };
  return (
    <div class="notice" role="status" data-testid="device-notice">
      <p>{text}</p>
      {!insecure && (
        <button id="retry-devices" type="button" disabled={asking} onClick={() => void retry()}>
          {asking ? "Asking…" : "Try again"}
        </button>
      )}
      <button type="button" onClick={() => hide(text)}>
        Hide
      </button>
    </div>
  );
}
