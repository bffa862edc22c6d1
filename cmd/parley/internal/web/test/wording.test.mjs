import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { troubleOf, troubleText } = await load("trouble");
const { endingText, mediaText, nameProblem, refusalText } = await load("wording");
const { initials, plateName } = await load("format");
const { peopleCount, saidOfItself } = await load("roster");

const failure = (name) => Object.assign(new Error(name), { name });

test("what getUserMedia failed with is told apart", () => {
  assert.equal(troubleOf(failure("NotAllowedError")), "refused");
  assert.equal(troubleOf(failure("NotFoundError")), "absent");
  assert.equal(troubleOf(failure("OverconstrainedError")), "absent");
  assert.equal(troubleOf(failure("NotReadableError")), "busy");
  assert.equal(troubleOf("no error at all"), "failed");
});

test("both devices refused are one sentence, not the camera alone", () => {
  assert.equal(
    troubleText("refused", "refused"),
    "No microphone and no camera: the browser was not allowed. " +
      "Allow them beside the address and press Try again. You can listen and see.",
  );
});

test("each device has its own reason and says what is left", () => {
  assert.equal(troubleText(null, null), "");
  assert.match(troubleText("refused", null), /^No microphone: the browser was not allowed\..*see you and do not hear you\.$/);
  assert.match(troubleText(null, "absent"), /^No camera: none was found\..*hear you and do not see you\.$/);
  assert.match(troubleText("refused", "busy"), /^No microphone: .* No camera: another program .* You can listen and see\.$/);
});

test("an ending without a way for media says where to look, whatever the bridge notes", () => {
  const text = endingText("media-failed", "no path for media");
  assert.match(text, /media port \(8443 by default\)/);
  assert.match(text, /external_address/);
  assert.equal(endingText("timeout", "connection lost"), "The connection was lost for too long.");
});

test("a host's reason is passed on, an unknown cause says its text", () => {
  assert.equal(endingText("kicked", "Wrong room"), "A host has removed you: Wrong room");
  assert.equal(endingText("kicked"), "A host has removed you.");
  assert.equal(endingText("newer", "Something else."), "Something else.");
  assert.equal(endingText("newer"), "The conference has let you go.");
});

test("a name of only spaces is refused with a text", () => {
  assert.equal(nameProblem("   "), "Please give a name.");
  assert.equal(nameProblem(""), "Please give a name.");
  assert.equal(nameProblem(" Ann "), "");
  assert.equal(refusalText("newer-code", "as the bridge says"), "as the bridge says");
});

test("nothing is said of media that flow", () => {
  assert.equal(mediaText("connected"), "");
  assert.equal(mediaText("connecting"), "Connecting sound and pictures…");
  assert.match(mediaText("slow"), /8443/);
});

test("a plate names its wire once", () => {
  assert.equal(plateName({ name: "Multicast", wire: "multicast" }), "Multicast");
  assert.equal(plateName({ name: "Lab", wire: "multicast" }), "Lab · multicast");
  assert.equal(initials("ann  b carter"), "AB");
});

test("people are counted, not seats: a group's members, no recorder", () => {
  const silent = { name: "", cname: "", address: "", audioCodec: "", videoCodec: "" };
  const source = { ...silent, address: "192.0.2.1:5004" };
  const members = [
    { wire: "webrtc", sources: [source] },
    { wire: "sip", sources: [] },
    { wire: "multicast", sources: [source, source, source] },
    { wire: "multicast", sources: [silent] },
    { wire: "internal", sources: [] },
  ];
  assert.equal(peopleCount({ members }), 5);
});

test("a member of a group says who it is", () => {
  assert.equal(saidOfItself({ name: "Ann", cname: "ann@studio", tool: "mic 2", note: "back at noon" }), "back at noon\nmic 2\nann@studio");
  assert.equal(saidOfItself({ name: "ann@studio", cname: "ann@studio" }), "");
});
