import { signal } from "@preact/signals";

// Devices holds the microphone and the camera. Either may be missing or
// refused: who has none still listens and sees.
export class Devices {
  readonly microphone = signal<MediaStreamTrack | null>(null);
  readonly camera = signal<MediaStreamTrack | null>(null);
  readonly microphones = signal<MediaDeviceInfo[]>([]);
  readonly cameras = signal<MediaDeviceInfo[]>([]);
  readonly problem = signal("");

  #chosen: { microphone?: string; camera?: string } = {};
  #opened = false;

  // open asks for both, then for each alone, so that a missing camera does not
  // cost the microphone.
  async open(): Promise<void> {
    if (this.#opened) return;
    if (!navigator.mediaDevices) {
      this.problem.value =
        "This browser gives microphone and camera only to pages from https:// or localhost. You can listen and see.";
      return;
    }
    this.#opened = true;
    try {
      await this.#get(true, true);
    } catch {
      for (const [audio, video] of [[true, false], [false, true]] as const) {
        try {
          await this.#get(audio, video);
        } catch (e) {
          this.problem.value = `No ${audio ? "microphone" : "camera"}: ${e instanceof Error ? e.message : e}`;
        }
      }
    }
    await this.list();
    navigator.mediaDevices.ondevicechange = () => void this.list();
  }

  async list(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices();
    this.microphones.value = all.filter((d) => d.kind === "audioinput" && d.deviceId);
    this.cameras.value = all.filter((d) => d.kind === "videoinput" && d.deviceId);
  }

  enableMicrophone(on: boolean): void {
    if (this.microphone.value) this.microphone.value.enabled = on;
  }

  // enableCamera stops the camera for off, so that its light goes out.
  async enableCamera(on: boolean): Promise<void> {
    if (!on) {
      this.camera.value?.stop();
      this.camera.value = null;
    } else if (!this.camera.value) {
      await this.#try(false, true);
    }
  }

  async choose(kind: "microphone" | "camera", id: string, on: boolean): Promise<void> {
    this.#chosen[kind] = id;
    if (kind === "microphone") {
      this.microphone.value?.stop();
      await this.#try(true, false);
      this.enableMicrophone(on);
    } else if (on) {
      this.camera.value?.stop();
      await this.#try(false, true);
    }
  }

  close(): void {
    this.microphone.value?.stop();
    this.camera.value?.stop();
    this.microphone.value = null;
    this.camera.value = null;
    this.#opened = false;
  }

  async #try(audio: boolean, video: boolean): Promise<void> {
    try {
      await this.#get(audio, video);
      this.problem.value = "";
    } catch (e) {
      this.problem.value = e instanceof Error ? e.message : String(e);
    }
  }

  async #get(audio: boolean, video: boolean): Promise<void> {
    const { microphone, camera } = this.#chosen;
    const processing = !new URLSearchParams(location.search).has("raw");
    const stream = await navigator.mediaDevices.getUserMedia({
      // "?raw" sends the sound as it is, for music and measurement.
      audio: audio && {
        ...(microphone ? { deviceId: { exact: microphone } } : {}),
        echoCancellation: processing,
        noiseSuppression: processing,
        autoGainControl: processing,
      },
      video: video && {
        ...(camera ? { deviceId: { exact: camera } } : {}),
        width: { ideal: 640 },
        height: { ideal: 360 },
        frameRate: { ideal: 24, max: 30 },
      },
    });
    const [a] = stream.getAudioTracks();
    const [v] = stream.getVideoTracks();
    if (a) this.microphone.value = a;
    if (v) this.camera.value = v;
  }
}
