import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { bridgesLine, faultLine, lossLine, loopLine, membersLine, passedLine, reachLine, standbyLine, receiverName, receptionGrade, receptionLine } = await load("groups");
const { Directory } = await load("directory");

const session = { group: "239.1.2.3:5004", members: 3, senders: 1, intervalS: 5, filtered: 0, belowHopFloor: 0, undecrypted: 0, higherLayers: 0, collisions: 0, bridging: { standby: false, others: [] }, loss: { reports: 2, median: 0.01, p95: 0.2, worst: 0.25 }, receptions: [] };
const reception = { receiver: 7, stream: 8, cname: "ann@studio", name: "Ann", address: "192.0.2.1:5005", loss: 0.203, jitterMs: 4.6, rttMs: 12 };

test("a group says who is there and what arrives", () => {
  assert.equal(membersLine(session), "3 members, 1 sends besides the bridge");
  assert.equal(membersLine({ ...session, members: 1, senders: 0 }), "1 member, nobody sends but the bridge");
  assert.equal(lossLine(session), "lost on the way to them: median 1.0 % · 95th 20 % · worst 25 %");
  assert.equal(lossLine({ ...session, loss: { ...session.loss, reports: 0 } }), "nobody reports what arrives");
});

test("a group says how far it is sent, and what is not taken", () => {
  const group = { address: "239.1.2.3:5004", ttl: 15, scope: "site", listenOnly: false, loops: 0 };
  assert.equal(reachLine(group), "sent with TTL 15 · site scope");
  assert.equal(reachLine({ ...group, listenOnly: true }), "only listened to");
  assert.equal(loopLine(group), "");
  assert.equal(loopLine({ ...group, loops: 4 }), "4 packets cut off that came back or came twice");
  assert.equal(membersLine(session, true), "3 members, 1 sends");
  assert.equal(membersLine({ ...session, senders: 0 }, true), "3 members, nobody sends");
  assert.equal(passedLine(session), "");
  assert.equal(passedLine({ ...session, filtered: 7, belowHopFloor: 8, higherLayers: 9 }), "passed over: 7 of other sources · 8 from too far away · 9 of higher layers");
  assert.equal(passedLine({ ...session, higherLayers: 9 }), "passed over: 9 of higher layers");
  assert.equal(faultLine(session), "");
  assert.equal(faultLine({ ...session, undecrypted: 5, collisions: 1 }), "5 packets not of the group's key · 1 of our SSRCs taken by others");
});

test("a group says by which bridge it is carried", () => {
  const among = (bridging) => ({ ...session, bridging: { standby: false, others: [], ...bridging } });
  assert.equal(standbyLine(session), "");
  assert.equal(standbyLine(among({ standby: true, reason: "stands by: bridge 1 carries this group" })), "stands by: bridge 1 carries this group");
  assert.equal(bridgesLine(session), "");
  assert.equal(bridgesLine(among({ others: [{ identity: "128-2", cname: "x", single: false }, { identity: "128-3", cname: "y", single: true }] })), "another bridge here: 128-2");
  assert.equal(
    bridgesLine(among({ others: [{ identity: "", cname: "mixer@x", single: false }, { identity: "", cname: "", single: false }] })),
    "other bridges here: mixer@x, one that says no name",
  );
});

test("a member is named by the best that is known", () => {
  assert.equal(receiverName(reception), "Ann");
  assert.equal(receiverName({ ...reception, name: "" }), "ann@studio");
  assert.equal(receiverName({ ...reception, name: "", cname: "" }), "192.0.2.1:5005");
  assert.equal(receiverName({ ...reception, name: "", cname: "", address: "" }), "SSRC 7");
  assert.equal(receptionLine(reception), "loss 20 % · jitter 5 ms · round trip 12 ms");
  assert.equal(receptionLine({ ...reception, loss: 0, rttMs: 0 }), "loss 0 % · jitter 5 ms");
  assert.equal(receptionGrade(reception), "poor");
  assert.equal(receptionGrade({ ...reception, loss: 0 }), "good");
});

test("the groups of the conference are asked for with the sessions", async () => {
  const asked = [];
  globalThis.sessionStorage = { getItem: () => "", setItem: () => {} };
  globalThis.fetch = async (url) => {
    asked.push(url);
    const answer = url.includes("groups") ? { groups: [{ address: "a", audio: session }] } : { sessions: [] };
    return { ok: true, status: 200, json: async () => answer };
  };
  const d = new Directory();
  const close = d.open("my room");
  close();
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(asked, ["/api/v1/multicast/sessions", "/api/v1/conferences/my%20room/groups?limit=20"]);
  assert.equal(d.groups.value[0].audio.members, 3);
});
