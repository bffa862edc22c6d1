import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { Directory, liveText, mediaLine, problemText } = await load("directory");

const session = { id: "s1", title: "Talk", conference: "", live: "unknown", media: [] };

test("a line says what goes where", () => {
  const m = { kind: "video", group: "239.1.2.3:5006", ttl: 4, codecs: ["H264/90000", "97"] };
  assert.equal(mediaLine(m), "video 239.1.2.3:5006 H264, 97 TTL 4");
  assert.equal(mediaLine({ ...m, ttl: 0, codecs: [] }), "video 239.1.2.3:5006");
  assert.equal(liveText("yes"), "live");
});

test("a refusal says what can be done", () => {
  assert.equal(problemText(401, "x", false), "The bridge wants its token (api.token).");
  assert.equal(problemText(401, "x", true), "This is not the bridge's token.");
  assert.equal(problemText(409, "it takes part already", false), "It takes part already.");
  assert.equal(problemText(502, undefined, false), "The bridge answered 502.");
});

test("orders go to the API with the token, and their answer is shown", async () => {
  const asked = [];
  let status = 200;
  let answer = { sessions: [session] };
  globalThis.sessionStorage = { getItem: () => "secret", setItem: () => {} };
  globalThis.fetch = async (url, init) => {
    asked.push([init.method, url, init.headers.Authorization, init.body]);
    return { ok: status < 300, status, json: async () => answer };
  };
  const d = new Directory();
  const close = d.open();
  close();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(d.sessions.value, [session]);

  answer = { ...session, conference: "lobby" };
  await d.join("s1", "lobby");
  assert.equal(d.sessions.value[0].conference, "lobby");
  status = 409;
  answer = { detail: "it takes part already" };
  await d.join("s1", "lobby");
  assert.equal(d.refusal.value, "It takes part already.");
  assert.equal(d.busy.value, "");
  status = 401;
  await d.leave("s1");
  assert.equal(d.wantsToken.value, true);
  assert.deepEqual(asked, [
    ["GET", "/api/v1/multicast/sessions", "Bearer secret", null],
    ["POST", "/api/v1/multicast/sessions/s1/join", "Bearer secret", '{"conference":"lobby"}'],
    ["POST", "/api/v1/multicast/sessions/s1/join", "Bearer secret", '{"conference":"lobby"}'],
    ["POST", "/api/v1/multicast/sessions/s1/leave", "Bearer secret", "{}"],
  ]);
});
