'use strict';

// A server that holds 10,000 sockets and answers: Node, the shell's headless child, and an app's main process with a window, in turns, each with the same
// script and the same load.
//
//   SHELL_PRIVATE_DISPLAY=1 scripts/display.sh node benches/load/run.js <shell> [rounds] [seconds] [sockets]

const { execFileSync, spawn } = require('node:child_process');
const path = require('node:path');

const [shell, rounds = '3', seconds = '6', idle = '10000', busy = '64'] = process.argv.slice(2);
const ENTRIES = {
  node: [process.execPath, path.join(__dirname, 'server.js')],
  child: [shell, '--run-as-node', path.join(__dirname, 'server.js')],
  app: [shell, __dirname],
};

/** Programs start with the system's usual limit of open files, and with as many as they may ask for. */
const limited = (command) => ['sh', ['-c', 'ulimit -Sn 1024; exec "$@"', 'sh', ...command]];

async function measure(command, isApp) {
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE;
  const child = spawn(...limited(command), { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let port;
    let rest = '';
    await new Promise((resolve, reject) => {
      let seen = 0;
      child.on('exit', (code) => reject(new Error(`${command[0]} ended with ${code}`)));
      child.stdout.on('data', (data) => {
        const lines = (rest + data).split('\n');
        rest = lines.pop();
        for (const line of lines) {
          const { event, port: found } = JSON.parse(line);
          if (event === 'listening') port = found;
          seen += 1;
          if (seen === (isApp ? 2 : 1)) resolve();
        }
      });
    });
    const [file, args] = limited([process.execPath, path.join(__dirname, 'generator.js'), port, idle, busy, seconds].map(String));
    return JSON.parse(execFileSync(file, args, { encoding: 'utf8', timeout: (Number(seconds) + 60) * 1000 }));
  } finally {
    child.removeAllListeners('exit');
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function main() {
  const all = { node: [], child: [], app: [] };
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const [name, command] of Object.entries(ENTRIES)) {
      const result = await measure(command, name === 'app');
      if (result.held < Number(idle) || result.open < Number(idle) || result.faults > 0) throw new Error(`${name}: ${JSON.stringify(result)}`);
      all[name].push(result);
      process.stderr.write('.');
    }
  }
  process.stderr.write('\n');
  const of = (name, key) => median(all[name].map((result) => result[key]));
  console.log(`Node ${process.version}; ${idle} held sockets, ${busy} busy connections, ${seconds} s each, medians of ${rounds}\n`);
  console.log('| server | requests a second | beside Node | median | p99 |\n|---|---|---|---|---|');
  for (const [name, title] of [['node', 'Node'], ['child', 'headless child'], ['app', 'app with a window']]) {
    console.log(`| ${title} | ${of(name, 'perSecond').toFixed(0)} | ${(of(name, 'perSecond') / of('node', 'perSecond')).toFixed(2)} x | ${of(name, 'p50').toFixed(1)} ms | ${of(name, 'p99').toFixed(1)} ms |`);
  }
  const ratio = of('app', 'perSecond') / of('node', 'perSecond');
  console.log(`\nthroughput beside Node: ${ratio.toFixed(2)} x (goal 0.9 x: ${ratio >= 0.9 ? 'met' : 'MISSED'})`);
  const call = of('app', 'call');
  console.log(`meanwhile, a call that the user interface's thread answers (window.getBounds), p99 of ${of('app', 'calls')}: ${call.toFixed(2)} ms (goal 50 ms: ${call < 50 ? 'met' : 'MISSED'})`);
  console.log(`meanwhile, from one animation frame of the page to the next, p99 of ${of('app', 'gaps')}: ${of('app', 'gap').toFixed(1)} ms`);
}

main();
