import { useEffect, useRef } from "preact/hooks";
import { initials, plateName } from "../format";
import type { Member } from "../protocol";
import { memberOf, titleOf } from "../roster";
import type { Session } from "../session";

// Grid shows all pictures, one's own first, and who is only heard as a plate.
export function Grid({ session }: { session: Session }) {
  const roster = session.roster.value;
  // A presentation comes first, and large.
  const presents = (source: number) => isPresentation(memberOf(roster, source), source);
  const pictures = [...session.pictures.value].sort(([a], [b]) => Number(presents(b)) - Number(presents(a)));
  const large = pictures.filter(([source]) => presents(source)).length;
  const own = session.devices.camera.value;
  const shown = new Set(pictures.map(([source]) => memberOf(roster, source)?.id));
  const heard = roster.members.filter((m) => !shown.has(m.id) && m.id !== session.me.value);
  const name = roster.members.find((m) => m.id === session.me.value)?.name ?? "";
  const count = pictures.length + heard.length + 1;
  return (
    <main
      class={large > 0 ? "grid presenting" : "grid"}
      data-count={count}
      style={{ "--columns": large > 0 ? Math.max(2, count - large) : Math.ceil(Math.sqrt(count)) }}
    >
      <figure class="tile self" data-testid="self">
        {own ? <Picture stream={new MediaStream([own])} muted mirrored /> : <div class="plate">{initials(name)}</div>}
        <figcaption>You{session.muted.value && " (muted)"}</figcaption>
      </figure>
      {pictures.map(([source, stream]) => {
        const member = memberOf(roster, source);
        return (
          <figure
            key={source}
            class={`tile ${isSpeaking(member) ? "speaking" : ""} ${presents(source) ? "presentation" : ""}`}
            data-source={source}
            data-presentation={presents(source)}
            data-testid="picture"
          >
            {/* Seen until the first picture is. */}
            <div class="plate behind">{initials(member?.name ?? "")}</div>
            <Picture stream={stream} muted />
            <figcaption>{titleOf(roster, source)}</figcaption>
          </figure>
        );
      })}
      {heard.map((m) => (
        <figure key={m.id} class={`tile ${isSpeaking(m) ? "speaking" : ""}`} data-participant={m.id}>
          <div class="plate">{initials(m.name)}</div>
          <figcaption>{plateName(m)}</figcaption>
        </figure>
      ))}
    </main>
  );
}

function Picture({ stream, muted, mirrored }: { stream: MediaStream; muted?: boolean; mirrored?: boolean }) {
  const video = useRef<HTMLVideoElement>(null);
  const track = stream.getVideoTracks()[0];
  useEffect(() => {
    const v = video.current;
    if (!v) return;
    v.srcObject = stream;
    // Refused before a click; autoplay tries again by itself when muted.
    v.play().catch(() => undefined);
  }, [track]);
  return <video ref={video} autoplay playsInline muted={muted ?? false} class={mirrored ? "mirrored" : ""} />;
}

function isPresentation(m: Member | undefined, source: number): boolean {
  return m?.sources.some((s) => s.id === source && s.presentation) ?? false;
}

function isSpeaking(m: Member | undefined): boolean {
  return m?.sources.some((s) => s.speaking) ?? false;
}
