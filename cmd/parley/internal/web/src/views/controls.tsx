import type { Session } from "../session";

export function Controls({ session }: { session: Session }) {
  const { devices } = session;
  return (
    <footer class="controls">
      <button
        id="mute"
        type="button"
        aria-pressed={session.muted.value}
        disabled={!devices.microphone.value}
        onClick={() => session.setMuted(!session.muted.value)}
      >
        {session.muted.value ? "Unmute" : "Mute"}
      </button>
      <button
        id="camera"
        type="button"
        aria-pressed={!session.cameraOn.value}
        onClick={() => void session.setCamera(!session.cameraOn.value)}
      >
        {session.cameraOn.value ? "Camera off" : "Camera on"}
      </button>
      <Choice
        id="microphone"
        label="Microphone"
        devices={devices.microphones.value}
        track={devices.microphone.value}
        choose={(id) => void session.choose("microphone", id)}
      />
      <Choice
        id="camera-device"
        label="Camera"
        devices={devices.cameras.value}
        track={devices.camera.value}
        choose={(id) => void session.choose("camera", id)}
      />
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
  track: MediaStreamTrack | null;
  choose(id: string): void;
}

function Choice({ id, label, devices, track, choose }: ChoiceProps) {
  if (devices.length === 0) return null;
  return (
    <label class="choice">
      {label}
      <select id={id} value={track?.getSettings().deviceId ?? ""} onChange={(e) => choose(e.currentTarget.value)}>
        {devices.map((d, i) => (
          <option key={d.deviceId} value={d.deviceId}>
            {d.label || `${label} ${i + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}
