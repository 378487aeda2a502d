// Builds css, scripts, fonts and the icon sprite into dist/, which Django serves as its static files.
// File names carry no hash: Django's manifest storage adds one.
import { context, build } from "esbuild";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = new URL(".", import.meta.url);
const path = (name) => fileURLToPath(new URL(name, here));

// Dark colours are written once (css/dark.css, under [data-theme="dark"]) and needed twice:
// when the person chose dark, and when they chose nothing and their system is dark.
const darkFromSystem = {
  name: "dark-from-system",
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]dark\.css$/ }, async ({ path: file }) => {
      const css = await readFile(file, "utf8");
      const chosen = ':root[data-theme="dark"]';
      if (!css.includes(chosen)) throw new Error(`${file}: expected a rule for ${chosen}`);
      const system = css.replaceAll(chosen, ':root:not([data-theme="light"])');
      // Paper is always light.
      return { contents: `@media screen {\n${css}\n}\n@media screen and (prefers-color-scheme: dark) {\n${system}\n}`, loader: "css" };
    });
  },
};

// One sprite of the icons named in icons.json; a <symbol> each, so that a page refers to /static/icons.svg#name.
async function writeSprite() {
  const names = JSON.parse(await readFile(path("icons.json"), "utf8"));
  const symbols = await Promise.all(
    names.map(async (name) => {
      const svg = await readFile(path(`node_modules/lucide-static/icons/${name}.svg`), "utf8");
      const shapes = svg.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s*\n\s*/g, "");
      return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
    }),
  );
  await writeFile(path("dist/icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
}

const options = {
  absWorkingDir: path("."),
  entryPoints: [
    { in: "css/app.css", out: "app" },
    { in: "js/app.js", out: "app" },
    { in: "charts/charts.js", out: "charts" },
  ],
  entryNames: "[name]",
  assetNames: "fonts/[name]",
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome114", "firefox125", "safari17"],
  loader: { ".woff2": "file" },
  legalComments: "none",
  plugins: [darkFromSystem],
  logLevel: "info",
};

await rm(path("dist"), { recursive: true, force: true });
await mkdir(path("dist"), { recursive: true });
await writeFile(path("dist/favicon.svg"), await readFile(path("favicon.svg")));
await writeSprite();
if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}
