import { build } from "esbuild";

// load builds one module of src and imports it.
export async function load(name) {
  const out = await build({ entryPoints: [`src/${name}.ts`], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(out.outputFiles[0].contents).toString("base64")}`);
}
