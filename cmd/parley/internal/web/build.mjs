// Builds the page into dist/, which is committed and embedded in the binary.
// With --check it writes nothing and fails when dist/ is not what src/ gives.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";

const check = process.argv.includes("--check");
const files = new Map();

const result = await build({
  entryPoints: { app: "src/main.tsx", style: "src/style.css" },
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  outdir: "dist",
  write: false,
});
for (const f of result.outputFiles) {
  files.set(f.path.endsWith(".css") ? "style.css" : "app.js", Buffer.from(f.contents));
}
const hash = (name) => createHash("sha256").update(files.get(name)).digest("hex").slice(0, 12);
const html = (await readFile("src/index.html", "utf8"))
  .replace("/assets/app.js", `/assets/app.js?v=${hash("app.js")}`)
  .replace("/assets/style.css", `/assets/style.css?v=${hash("style.css")}`);
files.set("index.html", Buffer.from(html));

let stale = 0;
await mkdir("dist", { recursive: true });
for (const [name, content] of files) {
  const path = `dist/${name}`;
  const old = await readFile(path).catch(() => Buffer.alloc(0));
  if (old.equals(content)) continue;
  if (check) {
    console.error(`${path} is not what src/ gives: run "npm run build" and commit it`);
    stale++;
  } else {
    await writeFile(path, content);
    console.log(`${path} ${content.length} bytes`);
  }
}
process.exit(stale ? 1 : 0);
