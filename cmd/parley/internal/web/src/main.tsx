import { render } from "preact";
import { Session } from "./session";
import { App } from "./views/app";

const conference = decodeURIComponent(location.pathname.match(/^\/c\/([^/]+)/)?.[1] ?? "");
const session = new Session(conference);
addEventListener("pagehide", () => {
  if (session.phase.value === "inside") session.leave();
});
const root = document.getElementById("root");
if (root) render(<App session={session} />, root);
