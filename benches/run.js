'use strict';

// Start-up, weight and round trips of the shell beside a bare WebKitGTK host, in one run. Absolute times belong to one machine and one moment;
// the ratios are what a change is judged by, so both programs are started in turns.
//
//   node benches/run.js <shell> <host> <folder of the echo extension> [rounds]

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const [shell, host, extensions, rounds = '10'] = process.argv.slice(2);
const page = pathToFileURL(path.join(__dirname, 'page.html')).href;
const PATIENCE = 60_000;
const MARK = 'SHELL_BENCH_MARK';
let started = 0;

const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const now = () => performance.timeOrigin + performance.now();

/** Starts a program; `event(name)` resolves with the first line of that name, `lines` collects all. */
function start(command, args) {
  const mark = `${process.pid}-${(started += 1)}`;
  const spawnedAt = now();
  const child = spawn(command, args, { env: { ...process.env, [MARK]: mark }, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = [];
  let errors = '';
  let waiting = [];
  let rest = '';
  child.stderr.on('data', (data) => {
    errors += data;
  });
  child.stdout.on('data', (data) => {
    const parts = (rest + data).split('\n');
    rest = parts.pop();
    for (const part of parts) {
      if (!part.startsWith('{')) continue;
      const line = JSON.parse(part);
      lines.push(line);
      waiting = waiting.filter(({ name, resolve }) => name !== line.event || resolve(line));
    }
  });
  const event = (name) => new Promise((resolve, reject) => {
    const found = lines.find((line) => line.event === name);
    if (found) return resolve(found);
    const timer = setTimeout(() => reject(new Error(`${path.basename(command)}: no "${name}" within ${PATIENCE / 1000} s\n${errors}`)), PATIENCE);
    return waiting.push({
      name,
      resolve(line) {
        clearTimeout(timer);
        resolve(line);
        return false;
      },
    });
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(timer);
    // The next start must not share the machine with what is still going down.
    for (let wait = 0; wait < 50 && processes(mark).length > 0; wait += 1) await delay(100);
  };
  return { event, lines, mark, spawnedAt, stop };
}

/** Ids of living processes that carry the mark. */
function processes(mark) {
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${MARK}=${mark}`);
    } catch {
      return false;
    }
  });
}

/** Proportional set size of all of them, in MB, and how many they are. */
function weight(mark) {
  let kilobytes = 0;
  const all = processes(mark);
  for (const pid of all) {
    try {
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]);
    } catch {}
  }
  return { megabytes: kilobytes / 1024, count: all.length };
}

async function measureStart(command, args) {
  const program = start(command, args);
  try {
    const main = await program.event('main');
    const first = await program.event('page');
    await delay(2000);
    return { main: main.at - program.spawnedAt, page: first.at - program.spawnedAt, ...weight(program.mark) };
  } finally {
    await program.stop();
  }
}

async function measureTrips(command, args) {
  const program = start(command, args);
  try {
    await program.event('trips-done');
    return Object.fromEntries(program.lines.filter((line) => line.event === 'trip').flatMap(({ name, us, p99 }) => [[name, us], ...(p99 === undefined ? [] : [[`${name} p99`, p99]])]));
  } finally {
    await program.stop();
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

function row(name, own, base, unit, goal) {
  const verdict = goal === undefined ? '' : goal.holds ? `goal ${goal.text}: met` : `goal ${goal.text}: MISSED`;
  const ratio = base === undefined ? '' : `${(own / base).toFixed(2)} x`;
  const measure = base === undefined ? '' : `${base.toFixed(unit === 'us' ? 1 : 0)} ${unit}`;
  console.log(`| ${name.padEnd(42)} | ${`${own.toFixed(unit === 'us' ? 1 : 0)} ${unit}`.padStart(10)} | ${measure.padStart(10)} | ${ratio.padStart(7)} | ${verdict} |`);
}

// Which round trip stands beside which: the shell's, what the other is, the other's name, and the goal.
const TRIPS = [
  ['small', 'raw', 'small', 2.2],
  ['small', 'reply', 'message with reply, small'],
  ['small', 'scheme', 'scheme, small'],
  ['sendSync small', 'raw', 'small', 2],
  ['64 KB', 'raw', '64 KB'],
  ['64 KB string', 'reply', 'message with reply, 64 KB string', 0.25],
  ['1 MB string', 'reply', 'message with reply, 1 MB string'],
  ['1 MB', 'raw', '1 MB'],
  ['1 MB', 'scheme', 'scheme, 1 MB', 0.2],
  ['10 MB', 'raw', '10 MB'],
];

async function main() {
  const app = path.join(__dirname, 'app');
  const own = [];
  const bare = [];
  // The first start of each fills the page cache and does not count.
  await measureStart(host, [page]);
  await measureStart(shell, [app]);
  for (let round = 0; round < Number(rounds); round += 1) {
    bare.push(await measureStart(host, [page]));
    own.push(await measureStart(shell, [app]));
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  const of = (list, key) => median(list.map((entry) => entry[key]));
  const rawTrips = [];
  const ownTrips = [];
  for (let round = 0; round < 3; round += 1) {
    rawTrips.push(await measureTrips(host, [page, extensions]));
    ownTrips.push(await measureTrips(shell, [app, '--trips']));
  }

  console.log(`${os.cpus().length} cores, ${os.type()} ${os.release()}, medians of ${rounds} starts, ${path.basename(path.dirname(shell))} build of ${(fs.statSync(shell).size / 1e6).toFixed(0)} MB`);
  console.log(`| ${'measure'.padEnd(42)} | ${'shell'.padStart(10)} | ${'bare'.padStart(10)} | ${'ratio'.padStart(7)} | |`);
  console.log(`|${'-'.repeat(44)}|${'-'.repeat(11)}:|${'-'.repeat(11)}:|${'-'.repeat(8)}:|---|`);
  const mainRatio = of(own, 'main') / of(bare, 'main');
  row("spawn to main script / host's main()", of(own, 'main'), of(bare, 'main'), 'ms', { text: '1.5 x', holds: mainRatio <= 1.5 });
  const pageRatio = of(own, 'page') / of(bare, 'page');
  row('spawn to first page script', of(own, 'page'), of(bare, 'page'), 'ms', { text: '1.2 x', holds: pageRatio <= 1.2 });
  const more = of(own, 'megabytes') - of(bare, 'megabytes');
  row('PSS of all processes', of(own, 'megabytes'), of(bare, 'megabytes'), 'MB', { text: `+ 60 MB (is ${more >= 0 ? '+' : ''}${more.toFixed(0)})`, holds: more <= 60 });
  row('processes', of(own, 'count'), of(bare, 'count'), '');
  const others = { raw: 'raw echo', reply: 'message with reply', scheme: 'scheme fetch' };
  for (const [name, other, base, goal] of TRIPS) {
    const [mine, theirs] = [of(ownTrips, name), of(rawTrips, base)];
    row(`${name} / ${others[other]}`, mine, theirs, 'us', goal === undefined ? undefined : { text: `${goal} x`, holds: mine / theirs <= goal });
  }
  for (const name of Object.keys(ownTrips[0]).filter((key) => key.endsWith(' p99') || !TRIPS.some(([known]) => known === key))) row(name, of(ownTrips, name), undefined, 'us');
}

main().catch((error) => {
  console.error(`error: ${error.message}`);
  process.exit(1);
});
