import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { applyEvent, titleOf } = await load("roster");
const { codecsOf, grade, qualityLine } = await load("format");

const source = (id, over = {}) => ({ id, name: "", audioCodec: "", videoCodec: "", speaking: false, ...over });
const member = (id, over = {}) => ({ id, name: id, wire: "sip", sources: [], missing: [], sendCodec: "", ...over });
const roster = (over = {}) => ({ sequence: 5, members: [member("a"), member("b")], activeSpeaker: 0, ...over });

test("an event that the roster contains changes nothing", () => {
  const r = roster();
  assert.equal(applyEvent(r, { sequence: 5, kind: "left", participant: "a" }), r);
});

test("who joins comes last, who leaves is gone, who changes keeps the place", () => {
  let r = applyEvent(roster(), { sequence: 6, kind: "joined", participant: "c", member: member("c") });
  assert.deepEqual(r.members.map((m) => m.id), ["a", "b", "c"]);
  r = applyEvent(r, { sequence: 7, kind: "left", participant: "b", member: member("b") });
  assert.deepEqual(r.members.map((m) => m.id), ["a", "c"]);
  r = applyEvent(r, { sequence: 8, kind: "muted", participant: "a", member: member("a", { muted: true }) });
  assert.equal(r.members[0].muted, true);
  assert.equal(r.sequence, 8);
});

test("the active speaker is followed", () => {
  assert.equal(applyEvent(roster(), { sequence: 6, kind: "active-speaker", source: 77 }).activeSpeaker, 77);
});

test("a group's member is named with its group", () => {
  const r = roster({ members: [member("g", { name: "Lab", sources: [source(3, { name: "ann@host" })] })] });
  assert.equal(titleOf(r, 3), "ann@host · Lab");
  assert.equal(titleOf(r, 4), "");
});

test("codecs are named once and short", () => {
  const m = member("a", { sources: [source(1, { audioCodec: "PCMU/8000", videoCodec: "H264/90000" }), source(2, { audioCodec: "PCMU/8000" })] });
  assert.equal(codecsOf(m), "PCMU, H264");
});

test("a leg's line and grade", () => {
  const q = { loss: 0.024, jitterMs: 12.4, delayMs: 40, rttMs: 0, remoteLoss: 0 };
  assert.equal(qualityLine(q), "loss 2.4 % · jitter 12 ms · buffer 40 ms");
  assert.equal(grade(q), "fair");
  assert.equal(grade({ ...q, remoteLoss: 0.2 }), "poor");
  assert.equal(grade({ ...q, loss: 0 }), "good");
});
