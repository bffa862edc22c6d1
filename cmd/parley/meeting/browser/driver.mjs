// Drives Chromium for the meetings: reads commands, one JSON object a line,
// and answers each with {id, value} or {id, error}. One browser, whose fake
// devices are given at start; every page has a context of its own.
import { chromium } from "playwright-core";
import readline from "node:readline";

const options = JSON.parse(process.argv[2] ?? "{}");
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
  ...(options.args ?? []),
];
const browser = await chromium.launch({
  executablePath: options.executable ?? "/usr/bin/chromium",
  args,
  ignoreDefaultArgs: ["--mute-audio"],
});
const pages = new Map();

// The page's policy forbids eval, which Playwright's own evaluate of a string
// would use; the debugger's does not ask the policy.
async function evaluate({ cdp }, expression) {
  const { result, exceptionDetails } = await cdp.send("Runtime.evaluate", {
    expression,
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

const commands = {
  async open({ page, url, init, viewport }) {
    const context = await browser.newContext({ permissions: ["microphone", "camera"], ...(viewport && { viewport }) });
    if (init) await context.addInitScript(init);
    const p = await context.newPage();
    const log = [];
    p.on("console", (m) => log.push(`${m.type()}: ${m.text()}`));
    p.on("pageerror", (e) => log.push(`error: ${e}`));
    pages.set(page, { p, context, log, cdp: await context.newCDPSession(p) });
    await p.goto(url);
  },
  eval: ({ page, code }) => evaluate(pages.get(page), code),
  fill: ({ page, selector, text }) => pages.get(page).p.fill(selector, text),
  async type({ page, text }) {
    const { keyboard } = pages.get(page).p;
    for (const line of text.split(/(\n)/)) await (line === "\n" ? keyboard.press("Enter") : keyboard.type(line));
  },
  click: ({ page, selector }) => pages.get(page).p.click(selector),
  async wait({ page, code, timeout }) {
    const until = Date.now() + (timeout ?? 20000);
    while (!(await evaluate(pages.get(page), code))) {
      if (Date.now() > until) throw new Error(`not true within ${timeout} ms: ${code}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return true;
  },
  text: ({ page, selector }) => pages.get(page).p.textContent(selector),
  offline: ({ page, offline }) => pages.get(page).context.setOffline(offline),
  log: ({ page }) => pages.get(page).log,
  screenshot: ({ page, path }) => pages.get(page).p.screenshot({ path, fullPage: true }).then(() => true),
  async close({ page }) {
    const entry = pages.get(page);
    pages.delete(page);
    await entry.context.close();
  },
};

console.log(JSON.stringify({ ready: browser.version() }));
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { id, op, ...rest } = JSON.parse(line);
  // Not awaited: a wait on one page does not hold up another.
  (async () => commands[op](rest))().then(
    (value) => console.log(JSON.stringify({ id, value: value ?? null })),
    (error) => console.log(JSON.stringify({ id, error: String(error?.stack ?? error) })),
  );
}
await browser.close();
