import { useState } from "preact/hooks";
import type { Session } from "../session";

export function Controls({ session }: { session: Session }) {
  const { devices } = session;
  const [choosing, setChoosing] = useState(false);
  const muted = session.muted.value;
  const silent = !devices.microphone.value;
  const seen = devices.camera.value !== null;
  const choices = devices.microphones.value.length + devices.cameras.value.length > 0;
  return (
    <footer class="controls">
      <button
        id="mute"
        type="button"
        class={muted ? "off" : ""}
        disabled={silent}
        title={silent ? "There is no microphone to mute" : ""}
        onClick={() => session.setMuted(!muted)}
      >
        {muted ? "Unmute" : "Mute"}
      </button>
      <button
        id="camera"
        type="button"
        class={seen ? "" : "off"}
        disabled={devices.insecure.value}
        title={devices.insecure.value ? "There is no camera" : ""}
        onClick={() => void session.setCamera(!seen)}
      >
        {seen ? "Camera off" : "Camera on"}
      </button>
      {session.screen.possible && (
        <button
          id="share"
          type="button"
          class={session.screen.track.value ? "on" : ""}
          aria-pressed={session.screen.track.value !== null}
          onClick={() => void session.share(session.screen.track.value === null)}
        >
          {session.screen.track.value ? "Stop sharing" : "Share screen"}
        </button>
      )}
      {choices && (
        <>
          <button
            id="devices"
            type="button"
            aria-expanded={choosing}
            aria-controls="choices"
            onClick={() => setChoosing(!choosing)}
          >
            Devices
          </button>
          <div id="choices" class={choosing ? "choices open" : "choices"}>
            <Choice
              id="microphone"
              label="Microphone"
              devices={devices.microphones.value}
              chosen={devices.microphoneId.value}
              choose={(id) => void session.choose("microphone", id)}
            />
            <Choice
              id="camera-device"
              label="Camera"
              devices={devices.cameras.value}
              chosen={devices.cameraId.value}
              choose={(id) => void session.choose("camera", id)}
            />
          </div>
        </>
      )}
      <button id="leave" type="button" class="danger" onClick={() => session.leave()}>
        Leave
      </button>
    </footer>
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  devices: MediaDeviceInfo[];
  chosen: string;
  choose(id: string): void;
}

function Choice({ id, label, devices, chosen, choose }: ChoiceProps) {
  if (devices.length === 0) return null;
  // One that is gone, or was never used: the browser takes the first.
  const value = devices.some((d) => d.deviceId === chosen) ? chosen : devices[0]?.deviceId ?? "";
  return (
    <label class="choice">
      {label}
      <select id={id} value={value} onChange={(e) => choose(e.currentTarget.value)}>
        {devices.map((d, i) => (
          <option key={d.deviceId} value={d.deviceId}>
            {d.label || `${label} ${i + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}
