import { signal } from "@preact/signals";
import { type Trouble, troubleOf } from "./trouble";

export type Kind = "microphone" | "camera";

// Devices holds the microphone and the camera. Either may be missing or
// refused: who has none still listens and sees.
export class Devices {
  readonly microphone = signal<MediaStreamTrack | null>(null);
  readonly camera = signal<MediaStreamTrack | null>(null);
  readonly microphones = signal<MediaDeviceInfo[]>([]);
  readonly cameras = signal<MediaDeviceInfo[]>([]);
  // The device that was used last, or is chosen for the next time.
  readonly microphoneId = signal("");
  readonly cameraId = signal("");
  readonly microphoneTrouble = signal<Trouble | null>(null);
  readonly cameraTrouble = signal<Trouble | null>(null);
  // No page from plain http:// gets a device, however often it asks.
  readonly insecure = signal(!navigator.mediaDevices);

  // lost is called when a device in use is unplugged or taken away.
  lost: () => void = () => undefined;

  #chosen: { microphone?: string; camera?: string } = {};
  #opened = false;
  // Counts the closings: what was asked for before one is not wanted after it.
  #closings = 0;

  // open asks for both, then for each alone, so that a missing camera does not
  // cost the microphone.
  async open(wantsCamera: boolean): Promise<void> {
    if (this.#opened || this.insecure.value) return;
    this.#opened = true;
    await this.#getBoth(true, wantsCamera);
    await this.list();
    navigator.mediaDevices.ondevicechange = () => void this.list();
  }

  // retry asks again for what is missing.
  async retry(wantsCamera: boolean): Promise<void> {
    await this.#getBoth(!this.microphone.value, wantsCamera && !this.camera.value);
    await this.list();
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
      this.cameraTrouble.value = null;
    } else if (!this.camera.value && !this.insecure.value) {
      await this.#getBoth(false, true);
      await this.list(); // names are told only to who was allowed
    }
  }

  // choose takes another device, at once where the kind is in use.
  async choose(kind: Kind, id: string, use: boolean): Promise<void> {
    this.#chosen[kind] = id;
    this[`${kind}Id`].value = id;
    if (!use) return;
    // Before the other is asked for: not every browser opens two.
    this[kind].value?.stop();
    this[kind].value = null;
    await this.#getBoth(kind === "microphone", kind === "camera");
  }

  close(): void {
    this.#closings++;
    this.microphone.value?.stop();
    this.camera.value?.stop();
    this.microphone.value = null;
    this.camera.value = null;
    this.#opened = false;
  }

  async #getBoth(audio: boolean, video: boolean): Promise<void> {
    if (audio && video) {
      try {
        await this.#get(true, true);
        return;
      } catch {
        // which of the two it was is found out below
      }
    }
    for (const kind of ["microphone", "camera"] as const) {
      if (!(kind === "microphone" ? audio : video)) continue;
      try {
        await this.#getOne(kind);
      } catch (e) {
        this[`${kind}Trouble`].value = troubleOf(e);
      }
    }
  }

  // getOne takes any device of the kind where the chosen one is gone.
  async #getOne(kind: Kind): Promise<void> {
    try {
      await this.#get(kind === "microphone", kind === "camera");
    } catch (e) {
      if (!this.#chosen[kind] || troubleOf(e) !== "absent") throw e;
      delete this.#chosen[kind];
      await this.#get(kind === "microphone", kind === "camera");
    }
  }

  async #get(audio: boolean, video: boolean): Promise<void> {
    const { microphone, camera } = this.#chosen;
    const processing = !new URLSearchParams(location.search).has("raw");
    const closings = this.#closings;
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
    if (closings !== this.#closings) {
      for (const t of stream.getTracks()) t.stop();
      return;
    }
    for (const t of stream.getTracks()) this.#take(t.kind === "audio" ? "microphone" : "camera", t);
  }

  #take(kind: Kind, track: MediaStreamTrack): void {
    this[kind].value?.stop();
    this[kind].value = track;
    this[`${kind}Trouble`].value = null;
    this[`${kind}Id`].value = track.getSettings().deviceId ?? "";
    // Fires when the device goes, not for an own stop().
    track.onended = () => {
      if (this[kind].value !== track) return;
      this[kind].value = null;
      this[`${kind}Trouble`].value = "absent";
      this.lost();
    };
  }
}
