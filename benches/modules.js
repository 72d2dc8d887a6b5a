'use strict';

// How long a program takes to load its 1,000 CommonJS modules: the first time, and when their compiled code is on disk. Node stands beside it, with its own
// compile cache where it has one (22.1 and later).
//
//   node benches/modules.js <shell> [rounds] [modules]

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const [shell, rounds = '5', modules = '1000'] = process.argv.slice(2);
const GOAL = 2;
const [major, minor] = process.versions.node.split('.').map(Number);
const nodeKeeps = major > 22 || (major === 22 && minor >= 1);

/** A module of a usual size: functions, few of which a start calls, a class, a table. It loads two more. */
function source(number, count) {
  const steps = Array.from({ length: 30 }, (_, step) => `function step${step}(input, options = {}) {
  const { scale = ${step}, offset = ${number} } = options;
  const parts = [];
  for (let index = 0; index < input.length; index += 1) {
    if (input[index] > scale) parts.push(input[index] * scale + offset);
    else parts.push(String(input[index]).padStart(${step}, 'x').length);
  }
  return parts.reduce((sum, part) => sum + part, 0);
}
`);
  const further = [2 * number + 1, 2 * number + 2].filter((next) => next < count).map((next) => `exports.m${next} = require('./m${next}.js');\n`);
  return `'use strict';
${steps.join('')}class Thing { constructor(a) { this.a = a; } get value() { return step1([this.a]); } }
exports.table = new Map([${steps.map((_, step) => `['k${step}', step${step}]`).join(', ')}]);
exports.result = step0([1, 2, 3]) + new Thing(${number}).value;
${further.join('')}`;
}

function write(folder) {
  const lib = path.join(folder, 'lib');
  fs.mkdirSync(lib);
  for (let number = 0; number < Number(modules); number += 1) fs.writeFileSync(path.join(lib, `m${number}.js`), source(number, Number(modules)));
  fs.writeFileSync(path.join(folder, 'main.js'), "const start = performance.now();\nrequire('./lib/m0.js');\nconsole.log(performance.now() - start);\n");
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "name": "modules", "main": "main.js" }\n');
  fs.writeFileSync(path.join(folder, 'small.js'), '');
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'modules-'));
  try {
    write(folder);
    const figures = { shell: [[], [], []], node: [[], [], []] };
    for (let round = 0; round < Number(rounds); round += 1) {
      const cache = path.join(folder, `cache-${round}`);
      const env = { ...process.env, XDG_CACHE_HOME: cache, NODE_COMPILE_CACHE: path.join(cache, 'node') };
      for (const name of ['ELECTRON_RUN_AS_NODE', 'NODE_OPTIONS', 'NODE_DISABLE_COMPILE_CACHE']) delete env[name];
      const run = (command, more = {}) => Number(execFileSync(command[0], [...command.slice(1), path.join(folder, 'main.js')], { env: { ...env, ...more }, encoding: 'utf8' }));
      // The code of the runtime's own modules is there both times.
      execFileSync(shell, ['--run-as-node', path.join(folder, 'small.js')], { env });
      for (const [name, command] of [['node', [process.execPath]], ['shell', [shell, '--run-as-node']]]) {
        figures[name][0].push(run(command, { NODE_DISABLE_COMPILE_CACHE: '1' }));
        figures[name][1].push(run(command));
        figures[name][2].push(run(command));
      }
      fs.rmSync(cache, { recursive: true, force: true });
      process.stderr.write('.');
    }
    process.stderr.write('\n');
    console.log(`\`require\` of ${modules} modules, medians of ${rounds}\n\n| program | without a cache | first time | second time | first / second |\n|---|---|---|---|---|`);
    const of = (name) => figures[name].map(median);
    for (const [name, title] of [['shell', 'shell'], ['node', `Node ${process.version}${nodeKeeps ? '' : ', which keeps nothing'}`]]) {
      const [off, first, second] = of(name);
      console.log(`| ${title} | ${off.toFixed(0)} ms | ${first.toFixed(0)} ms | ${second.toFixed(0)} ms | ${(first / second).toFixed(2)} x |`);
    }
    const [, first, second] = of('shell');
    console.log(`\ngoal ${GOAL} x: ${first / second >= GOAL ? 'met' : 'MISSED'}`);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

main();
