// How large each bundle of the sample app is and how long it takes, one target at a time and the usual ones together: `node benches/bundle.mjs <shell> [runtime]`.
// Goals: 10 s for what `shell bundle` makes when nobody says what, 20 MB for the .deb, 60 MB for what it installs.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const TARGETS = ['deb', 'rpm', 'AppImage', 'tar.gz', 'pacman', 'exe', 'flatpak', 'snap'];
const [shell, runtime = shell] = process.argv.slice(2);
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-bundle-bench-'));
const app = path.join(place, 'app');
fs.cpSync(path.join(root, 'templates/vanilla'), app, { recursive: true });

/** Bundles the app; the answer is what was made, with the seconds that all of it took. */
function bundle(targets) {
  const output = path.join(place, 'out');
  const started = performance.now();
  const args = ['bundle', app, '--runtime', runtime, '--output', output, '--json', ...(targets ? ['--target', targets] : [])];
  const made = JSON.parse(execFileSync(shell, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  return { made, seconds: (performance.now() - started) / 1000 };
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const judged = (value, goal) => (value <= goal ? '' : ', not met');

try {
  console.log(`runtime: ${megabytes(fs.statSync(runtime).size)}, ${os.availableParallelism()} processors\n`);
  console.log('| target | size | time |\n|---|---|---|');
  for (const target of TARGETS) {
    const { made, seconds } = bundle(target);
    console.log(`| ${target} | ${megabytes(Math.max(...made.map((artefact) => artefact.bytes)))} | ${seconds.toFixed(1)} s |`);
  }
  const { made, seconds } = bundle();
  const deb = made.find((artefact) => artefact.target === 'deb');
  const installed = Number(execFileSync('dpkg-deb', ['-f', deb.path, 'Installed-Size'], { encoding: 'utf8' })) * 1024;
  console.log(`\n${made.map((artefact) => artefact.target).join(', ')} together: ${seconds.toFixed(1)} s, goal 10 s${judged(seconds, 10)}`);
  console.log(`deb packed: ${megabytes(deb.bytes)}, goal 20 MB${judged(deb.bytes, 20e6)}`);
  console.log(`deb installed: ${megabytes(installed)}, goal 60 MB${judged(installed, 60e6)}`);
} finally {
  fs.rmSync(place, { recursive: true, force: true });
}
