// Installs the packages of packages/package.json in a folder outside of the tree, has each do one real thing in the shell, and writes docs/packages.md.
//
//   node tests/node/packages.mjs --shell target/release/shell [--folder ~/.cache/shell-build/packages] [--timeout 60] [--node] [--table docs/packages.md] [names...]
//
// --node runs them with Node instead, where that can be: an exercise that fails there too says nothing about the shell. Without names all are run.

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const here = path.join(import.meta.dirname, 'packages');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    shell: { type: 'string' },
    node: { type: 'boolean', default: false },
    folder: { type: 'string', default: path.join(os.homedir(), '.cache/shell-build/packages') },
    timeout: { type: 'string', default: '60' },
    table: { type: 'string' },
  },
});
const folder = path.resolve(values.folder);
const shell = values.shell && path.resolve(values.shell);
const MARK = '@@package ';
/** Groups, in the order of the table. */
const GROUPS = { web: 'Servers and clients', data: 'Values, texts, data bases', files: 'Files, logs, command lines', native: 'Native code', electron: "Electron's main process" };

if (!shell && !values.node) {
  console.error('--shell <executable> or --node is missing');
  process.exit(2);
}

/** Packages as the lock file names them; scripts of packages are not run, so nothing is compiled or loaded from elsewhere. */
function install() {
  fs.mkdirSync(folder, { recursive: true });
  for (const name of fs.readdirSync(here)) fs.copyFileSync(path.join(here, name), path.join(folder, name));
  const lock = fs.readFileSync(path.join(here, 'package-lock.json'));
  const stamp = path.join(folder, 'node_modules/.installed');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp).equals(lock)) return;
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  fs.writeFileSync(stamp, lock);
}

/** The exercises: name, group and what is done, read without running them. */
function exercises() {
  return Object.keys(GROUPS).flatMap((group) => {
    const text = fs.readFileSync(path.join(here, `${group}.mjs`), 'utf8');
    return [...text.matchAll(/^ {2}'?([^\s':]+)'?: \['((?:[^'\\]|\\.)*)', async/gmu)].map(([, name, does]) => ({ name, group, does: does.replaceAll("\\'", "'") }));
  });
}

function run({ name, group }) {
  const inApp = group === 'electron';
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'package-home-'));
  const env = { ...process.env, PACKAGE_NAME: name, XDG_CONFIG_HOME: path.join(home, 'config') };
  delete env.ELECTRON_RUN_AS_NODE;
  delete env.NODE_OPTIONS;
  let command = [shell, '--run-as-node', 'run-one.mjs'];
  if (values.node) command = [process.execPath, 'run-one.mjs'];
  else if (inApp) command = [shell, folder];
  const started = Date.now();
  const child = spawn(command[0], command.slice(1), { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let out = '';
  let errors = '';
  child.stdout.on('data', (data) => { out += data; });
  child.stderr.on('data', (data) => { errors += data; });
  return new Promise((resolve) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      // What it started as well.
      try { process.kill(-child.pid, 'SIGKILL'); } catch {}
    }, Number(values.timeout) * 1000);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      fs.rmSync(home, { recursive: true, force: true });
      const line = out.split('\n').find((text) => text.startsWith(MARK));
      let fault = line ? JSON.parse(line.slice(MARK.length)).fault : `ended with ${signal ?? code} before it was done\n${errors}`;
      if (late) fault = `nothing after ${values.timeout} s\n${line ?? ''}${errors}`;
      resolve({ name, group, fault, errors, took: Date.now() - started });
    });
  });
}

/** Known failures, each with its reason: the table tells them. */
function reasons() {
  const file = path.join(here, 'known.json');
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
}

function table(list, results) {
  const known = reasons();
  const version = (name) => JSON.parse(fs.readFileSync(path.join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
  const cell = (text) => text.replaceAll('|', '\\|');
  const passed = results.filter((result) => result.fault === null).length;
  let text = `# npm packages\n\nWhat ${list.length} packages from npm do in the shell: ${passed} of them what was asked. Made by \`node tests/node/packages.mjs --table docs/packages.md\`, which installs the versions of
\`tests/node/packages/package-lock.json\` and runs the exercises beside it, each in a process of its own: in a headless child (\`--run-as-node\`), those of the last table in an app. Scripts of packages
are not run at installation: what is native came prebuilt within its package. Packages that fetch or compile their native part at installation are not in the list (\`better-sqlite3\`, \`bcrypt\`, \`keytar\`);
what is compiled for V8's own interface is refused ([Node](node.md#native-addons)).\n`;
  for (const [group, title] of Object.entries(GROUPS)) {
    text += `\n## ${title}\n\n| package | version | what was done | result |\n|---|---|---|---|\n`;
    for (const { name, does } of list.filter((entry) => entry.group === group)) {
      const { fault } = results.find((result) => result.name === name);
      const result = fault === null ? 'works' : `fails: ${known[name] ?? fault.split('\n')[0]}`;
      text += `| \`${name}\` | ${version(name)} | ${cell(does)} | ${cell(result)} |\n`;
    }
  }
  return text;
}

install();
const list = exercises().filter(({ name }) => positionals.length === 0 || positionals.includes(name)).filter(({ group }) => !values.node || group !== 'electron');
const results = [];
for (const entry of list) {
  const result = await run(entry);
  results.push(result);
  console.log(`${result.fault === null ? 'ok    ' : 'FAILED'} ${entry.name} (${result.took} ms)${result.fault === null ? '' : `\n${result.fault}\n${result.errors}`.replaceAll('\n', '\n    ')}`);
}
const known = reasons();
const failed = results.filter((result) => result.fault !== null);
const unexpected = failed.filter(({ name }) => !known[name]);
const mended = results.filter(({ name, fault }) => fault === null && known[name]);
console.log(`${results.length - failed.length} of ${results.length} work${failed.length > unexpected.length ? `; ${failed.length - unexpected.length} fail as known` : ''}`);
for (const { name } of mended) console.log(`${name} works now and can leave known.json`);
if (values.table && positionals.length === 0 && !values.node) fs.writeFileSync(values.table, table(list, results));
process.exitCode = unexpected.length > 0 ? 1 : 0;
