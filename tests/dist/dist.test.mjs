// What `make dist` laid out, used as people would. SHELL_DIST_FOLDER names its folder; `make test-dist` sets it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const dist = process.env.SHELL_DIST_FOLDER;
assert(dist, 'run this by `make test-dist`');
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const platform = `${process.platform}-${process.arch}`;
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-dist-'));
const project = path.join(place, 'project');
after(() => fs.rmSync(place, { recursive: true, force: true }));

const names = fs.readdirSync(dist);
const archive = names.find((name) => name.endsWith('.tar.zst'));
const tarballs = names.filter((name) => name.endsWith('.tgz')).map((name) => path.join(dist, name));

/** Runs a program and answers what it prints. */
function run(program, args, cwd = place, env = {}) {
  return execFileSync(program, args, { cwd, encoding: 'utf8', env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Starts a program, waits until its output has each text in turn, presses Ctrl-C and waits until everything that it started has ended. */
async function follow(program, args, cwd, texts, env = {}) {
  const options = { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true };
  const child = spawn(program, args, options);
  let said = '';
  let from = 0;
  // Only when nobody holds the streams any more.
  const ended = new Promise((resolve) => child.on('close', resolve));
  await new Promise((resolve, reject) => {
    const look = (bytes) => {
      said += bytes;
      while (texts.length > 0 && said.includes(texts[0], from)) {
        from = said.indexOf(texts[0], from) + texts[0].length;
        texts.shift();
      }
      if (texts.length === 0) resolve();
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    ended.then(() => reject(new Error(`it ended before ${JSON.stringify(texts[0])}:\n${said}`)));
    setTimeout(() => reject(new Error(`no ${JSON.stringify(texts[0])} in:\n${said}`)), 60_000).unref();
    // As a terminal does it: to all that are in front of it.
  }).finally(() => process.kill(-child.pid, 'SIGINT'));
  await ended;
}

test('the folder has the shape of Electron\'s', () => {
  const folder = path.join(dist, platform);
  const version = fs.readFileSync(path.join(folder, 'version'), 'utf8');
  assert.match(version, /^\d+\.\d+\.\d+$/);
  assert.equal(run(path.join(folder, 'electron'), ['--version']), `v${version}\n`);
  assert.match(run(path.join(folder, 'shell'), ['--version']), /^shell \d+\.\d+\.\d+\n$/);
  assert(fs.existsSync(path.join(folder, 'LICENSE-MIT')));
  assert(!fs.existsSync(path.join(folder, 'resources')), 'with resources it would be a package of an app');
});

test('the archive fits its checksum and holds the folder', () => {
  run('sha256sum', ['--check', '--quiet', `${archive}.sha256`], dist);
  run('tar', ['--zstd', '-xf', path.join(dist, archive)]);
  const folder = path.join(place, archive.replace('.tar.zst', ''));
  assert.equal(run(path.join(folder, 'shell'), ['--version']), run(path.join(dist, platform, 'shell'), ['--version']));
  assert.deepEqual(fs.readdirSync(folder).sort(), fs.readdirSync(path.join(dist, platform)).sort());
});

test('an app starts by npm\'s electron with the folder', async () => {
  const app = path.join(place, 'plain');
  fs.cpSync(path.join(root, 'templates/vanilla'), app, { recursive: true });
  fs.appendFileSync(path.join(app, 'main.js'), "app.on('web-contents-created', (_e, c) => c.on('did-finish-load', () => console.log('loaded', c.getTitle())));\n");
  fs.symlinkSync(path.join(root, 'tests/it/templates/node_modules'), path.join(app, 'node_modules'));
  await follow('npx', ['electron', '.'], app, ['loaded Sample App'], { ELECTRON_OVERRIDE_DIST_PATH: path.join(dist, platform) });
});

test('scripts of both snapshots have their text', () => {
  const script = path.join(root, 'tests/it/snapshot-scripts.cjs');
  const shell = path.join(dist, platform, 'shell');
  assert.equal(run(shell, [script], place, { ELECTRON_RUN_AS_NODE: '1' }), 'true false\n');
  const app = path.join(place, 'scripts');
  fs.mkdirSync(app);
  fs.writeFileSync(path.join(app, 'package.json'), JSON.stringify({ name: 'scripts', version: '1.0.0', main: 'main.cjs' }));
  fs.copyFileSync(script, path.join(app, 'main.cjs'));
  assert.equal(run(shell, [app]), 'true true\n');
});

test('what needs data about languages has it', () => {
  const expected = fs.readFileSync(path.join(root, 'tests/it/languages.json'), 'utf8');
  assert.equal(run(path.join(dist, platform, 'shell'), [path.join(root, 'tests/it/languages.cjs')], place, { ELECTRON_RUN_AS_NODE: '1' }), expected);
});

test('npm\'s packages are installed from their archives', () => {
  assert.equal(tarballs.length, 2);
  fs.mkdirSync(project);
  fs.writeFileSync(path.join(project, 'package.json'), '{ "private": true }');
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs], project);
  assert.match(run('npx', ['shell', '--version'], project), /^shell /);
  assert.match(run('npx', ['electron', '--version'], project), /^v\d/);
  // What npm's electron answers outside of an app.
  const file = run('node', ['-p', 'require("@shell-app/shell")'], project).trim();
  assert.equal(run(file, ['--version']), run('npx', ['electron', '--version'], project));
});

test('its exit codes and errors come through', () => {
  const failed = (args, env) => {
    try {
      execFileSync('npx', args, { cwd: project, encoding: 'utf8', stdio: 'pipe', env: { ...process.env, ...env } });
    } catch (error) {
      return [error.status, error.stderr];
    }
    throw new Error('it succeeded');
  };
  assert.equal(failed(['shell', '--no-such-option'])[0], 2);
  const [code, text] = failed(['shell', 'gone']);
  assert.equal(code, 1);
  assert.match(text, /error: there is nothing at .*gone\nhint: /);
  // As if npm had left out the optional package.
  const runtime = path.join(project, 'node_modules/@shell-app', platform);
  fs.renameSync(runtime, `${runtime}.away`);
  const [missing, reason] = failed(['shell', '--version']);
  fs.renameSync(`${runtime}.away`, runtime);
  assert.equal(missing, 1);
  assert.match(reason, /error: the package @shell-app\/.* is not installed\nhint: /);
});

test('TypeScript knows the module electron by the launcher', () => {
  const folder = path.join(place, 'types');
  fs.mkdirSync(folder);
  fs.symlinkSync(path.join(project, 'node_modules'), path.join(folder, 'node_modules'));
  const compiler = path.join(root, 'tests/it/templates/node_modules/typescript/bin/tsc');
  const check = (text) => {
    fs.writeFileSync(path.join(folder, 'main.ts'), text);
    const args = [compiler, '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', '@shell-app/shell', 'main.ts'];
    return run('node', args, folder);
  };
  assert.equal(check("import { BrowserWindow } from 'electron';\nnew BrowserWindow({ width: 1 }).loadFile('x');\n"), '');
  assert.throws(() => check("import { BrowserWindow } from 'electron';\nnew BrowserWindow({ width: 'wide' });\n"));
});

test('npx shell new, dev and bundle', async () => {
  run('npx', ['shell', 'new', 'notes', '--template', 'vanilla-ts', '--package-manager', 'npm', '--yes'], project);
  const app = path.join(project, 'notes');
  assert(fs.existsSync(path.join(app, 'node_modules/vite')), '--yes installs the packages');
  fs.appendFileSync(path.join(app, 'src/renderer/src/main.ts'), "console.log('page of', document.title, (await window.api.system()).electron);\n");
  await follow('npx', ['shell', 'dev', 'notes'], project, ['page  | page of Notes 4']);
  run('npm', ['run', 'bundle', '--', '--target', 'tar.gz,exe'], app);
  const made = fs.readdirSync(path.join(app, 'release'));
  assert.equal(made.length, 2, made.join());
  const program = path.join(app, 'release', made.find((name) => !name.endsWith('.tar.gz')));
  const home = path.join(place, 'home');
  fs.mkdirSync(home);
  // Closed as its user would close it.
  const running = spawn(program, [], { env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home }, stdio: 'ignore' });
  const ended = new Promise((resolve) => running.on('exit', resolve));
  run('timeout', ['60', 'xdotool', 'search', '--sync', '--onlyvisible', '--name', '^Notes$']);
  run('wmctrl', ['-c', 'Notes']);
  assert.equal(await ended, 0);
});
