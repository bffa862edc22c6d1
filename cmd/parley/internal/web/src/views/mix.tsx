import { useEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../session";

// Mix plays what the conference says. A browser that plays nothing before a
// click gets a button for it.
export function Mix({ session }: { session: Session }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [blocked, setBlocked] = useState(false);
  const stream = session.mix.value;
  const play = () => {
    audio.current
      ?.play()
      .then(() => setBlocked(false))
      .catch((e: unknown) => setBlocked(e instanceof DOMException && e.name === "NotAllowedError"));
  };
  useEffect(() => {
    if (!audio.current || audio.current.srcObject === stream) return;
    audio.current.srcObject = stream;
    if (stream) play();
  }, [stream]);
  return (
    <>
      <audio id="mix" ref={audio} autoplay />
      {blocked && (
        <button type="button" class="primary unblock" onClick={play}>
          Click to hear the conference
        </button>
      )}
    </>
  );
}
