'use strict';

// From the spawn of a headless child to its end: the shell as Node, Node, and `deno eval` (npm's package `deno` holds that program; it is installed outside of
// the tree). All in one run, in turns.
//
//   node benches/children.js <shell> [deno] [rounds]

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const [shell, deno, rounds = '25'] = process.argv.slice(2);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'children-'));
const script = path.join(folder, 'script.js');
fs.writeFileSync(script, "const { join } = require('node:path');\nconst { readFileSync } = require('node:fs');\nif (readFileSync(join(__dirname, 'script.js')).length === 0) process.exit(1);\n");

const PROGRAMS = {
  'shell -e 0': [shell, '--run-as-node', '-e', '0'],
  'node -e 0': [process.execPath, '-e', '0'],
  ...(deno ? { 'deno eval 0': [deno, 'eval', '0'] } : {}),
  'shell script.js': [shell, '--run-as-node', script],
  'node script.js': [process.execPath, script],
  ...(deno ? { 'deno run script.cjs': [deno, 'run', '-A', path.join(folder, 'script.cjs')] } : {}),
};
fs.copyFileSync(script, path.join(folder, 'script.cjs'));

const env = { ...process.env, DENO_NO_UPDATE_CHECK: '1' };
for (const name of ['ELECTRON_RUN_AS_NODE', 'NODE_OPTIONS']) delete env[name];

function once([file, ...args]) {
  const start = performance.now();
  const { status, stderr } = spawnSync(file, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const took = performance.now() - start;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${status}\n${stderr}`);
  return took;
}

const times = Object.fromEntries(Object.keys(PROGRAMS).map((name) => [name, []]));
// The first ones fill caches, those of the programs and of the system.
for (const command of Object.values(PROGRAMS)) for (let warm = 0; warm < 2; warm += 1) once(command);
for (let round = 0; round < Number(rounds); round += 1) {
  for (const [name, command] of Object.entries(PROGRAMS)) times[name].push(once(command));
}
fs.rmSync(folder, { recursive: true, force: true });

const sorted = (name) => times[name].toSorted((a, b) => a - b);
const median = (name) => sorted(name)[Math.floor(times[name].length / 2)];
console.log(`spawn to end, medians of ${rounds}\n\n| program | median | fastest |\n|---|---|---|`);
for (const name of Object.keys(PROGRAMS)) console.log(`| \`${name}\` | ${median(name).toFixed(1)} ms | ${sorted(name)[0].toFixed(1)} ms |`);
const beside = (base, goal) => {
  const ratio = median('shell -e 0') / median(base);
  console.log(`shell -e 0 / ${base}: ${ratio.toFixed(2)} x (goal ${goal} x: ${ratio <= goal ? 'met' : 'MISSED'})`);
};
console.log('');
beside('node -e 0', 1);
if (deno) beside('deno eval 0', 1.3);
