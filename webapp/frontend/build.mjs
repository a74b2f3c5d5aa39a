// Builds every file of ../static/dist and its manifest.
// The same inputs give the same bytes: no dates, no absolute paths, sorted keys.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const DIST = join(HERE, '..', 'static', 'dist');
const MODULES = join(HERE, 'node_modules');

// Oldest Chromium that is supported: the last one for Windows 7 and 8.
const TARGET = ['chrome109'];

const read = (...parts) => readFileSync(join(...parts), 'utf8');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesUnder(path) : [path];
    })
    .sort();
}

function digests(paths, base) {
  const entries = paths.map((path) => [
    relative(base, path).split(sep).join('/'),
    sha256(readFileSync(path)),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function iconSprite() {
  const names = JSON.parse(read(HERE, 'src', 'icons.json'));
  const symbols = Object.entries(names).map(([name, source]) => {
    const svg = read(MODULES, '@tabler', 'icons', 'icons', 'outline', `${source}.svg`);
    const body = svg
      .replace(/<!--[\s\S]*?-->/g, '')
      .replace(/<svg[\s\S]*?>/, '')
      .replace('</svg>', '')
      .replace(/\s*\n\s*/g, '');
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  });
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" ' +
    'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">' +
    `${symbols.join('')}</svg>\n`
  );
}

function copyVendored(source, target) {
  // Source maps are not shipped, so the comment that names one is dropped.
  const text = read(MODULES, source).replace(/\n?(\/\/#|\/\*#) sourceMappingURL=.*/, '');
  writeFileSync(join(DIST, target), text.endsWith('\n') ? text : `${text}\n`);
}

function shippedPackages() {
  const lock = JSON.parse(read(HERE, 'package-lock.json'));
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path && !entry.dev && !entry.peer)
    .map(([path, entry]) => ({
      name: path.replace(/^.*node_modules\//, ''),
      version: entry.version,
      license: JSON.parse(read(HERE, path, 'package.json')).license ?? entry.license,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function licenseTexts(packages) {
  const seen = packages.map(({ name, version }) => {
    const folder = join(MODULES, name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? read(folder, file).trim() : '(see the package)';
    return `${name} ${version}\n${'='.repeat(72)}\n${text}\n`;
  });
  return seen.join('\n\n');
}

rmSync(DIST, { recursive: true, force: true });
mkdirSync(DIST, { recursive: true });

await build({
  absWorkingDir: HERE,
  entryPoints: {
    app: 'src/app.js',
    casemap: 'src/casemap.js',
    theme: 'src/theme/index.css',
  },
  outdir: DIST,
  bundle: true,
  minify: true,
  charset: 'utf8',
  format: 'iife',
  target: TARGET,
  legalComments: 'none',
  loader: { '.svg': 'dataurl', '.woff': 'empty', '.woff2': 'file', '.ttf': 'empty', '.eot': 'empty' },
  logLevel: 'warning',
});

copyVendored('bootstrap/dist/css/bootstrap.min.css', 'bootstrap.min.css');
copyVendored('htmx.org/dist/htmx.min.js', 'htmx.min.js');
writeFileSync(join(DIST, 'icons.svg'), iconSprite());

const packages = shippedPackages();
writeFileSync(join(DIST, 'licenses.txt'), licenseTexts(packages));

const inputs = [
  ...filesUnder(join(HERE, 'src')),
  join(HERE, 'package.json'),
  join(HERE, 'package-lock.json'),
  join(HERE, 'build.mjs'),
];
const manifest = {
  inputs: digests(inputs, HERE),
  outputs: digests(filesUnder(DIST), DIST),
  packages,
};
writeFileSync(join(DIST, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
