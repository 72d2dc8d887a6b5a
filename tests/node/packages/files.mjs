// Files, archives, logs and command lines. Each entry: what is done, and the function that does it and checks the result.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { require, temporary, until } from './helpers.mjs';

/** A folder with a few files. */
function tree() {
  const folder = temporary();
  fs.mkdirSync(path.join(folder, 'a/b'), { recursive: true });
  for (const name of ['x.js', 'a/y.js', 'a/b/z.txt']) fs.writeFileSync(path.join(folder, name), name);
  return folder;
}

const read = (file) => fs.readFileSync(file, 'utf8');
const lines = (file) => read(file).trim().split('\n').map((line) => JSON.parse(line));

export default {
  chokidar: ['tells new, changed and removed files', async () => {
    const folder = tree();
    const { watch } = await import('chokidar');
    const watcher = watch(folder, { ignoreInitial: true });
    const heard = [];
    watcher.on('all', (event, file) => heard.push(`${event} ${path.relative(folder, file)}`));
    await once(watcher, 'ready');
    fs.writeFileSync(path.join(folder, 'a/new'), '');
    await until(() => heard.includes('add a/new'));
    fs.appendFileSync(path.join(folder, 'x.js'), 'more');
    await until(() => heard.includes('change x.js'));
    fs.rmSync(path.join(folder, 'a/y.js'));
    await until(() => heard.includes('unlink a/y.js'));
    await watcher.close();
  }],
  'fs-extra': ['copies, moves and writes JSON', async () => {
    const fse = require('fs-extra');
    const folder = tree();
    await fse.copy(path.join(folder, 'a'), path.join(folder, 'c/d'));
    await fse.move(path.join(folder, 'c/d/b'), path.join(folder, 'e'));
    await fse.outputJson(path.join(folder, 'f/g.json'), { a: 1 });
    assert.deepEqual([read(path.join(folder, 'e/z.txt')), await fse.readJson(path.join(folder, 'f/g.json'))], ['a/b/z.txt', { a: 1 }]);
  }],
  'graceful-fs': ['opens more files than are allowed at once', async () => {
    const gracefulFs = require('graceful-fs');
    const folder = tree();
    const all = await Promise.all(Array.from({ length: 3000 }, () => new Promise((resolve, reject) => gracefulFs.readFile(path.join(folder, 'x.js'), (error, data) => (error ? reject(error) : resolve(data.length))))));
    assert.ok(all.every((length) => length === 4));
  }],
  glob: ['finds files', async () => {
    const { glob } = await import('glob');
    assert.deepEqual((await glob('**/*.js', { cwd: tree() })).toSorted(), ['a/y.js', 'x.js']);
  }],
  'fast-glob': ['finds files, but some', async () => {
    assert.deepEqual(await require('fast-glob')(['**', '!**/*.js'], { cwd: tree() }), ['a/b/z.txt']);
  }],
  globby: ['keeps to an ignore file', async () => {
    const { globby } = await import('globby');
    const folder = tree();
    fs.writeFileSync(path.join(folder, '.gitignore'), 'a/b\n');
    assert.deepEqual((await globby('**', { cwd: folder, gitignore: true })).toSorted(), ['a/y.js', 'x.js']);
  }],
  rimraf: ['removes by a pattern', async () => {
    const { rimraf } = require('rimraf');
    const folder = tree();
    await rimraf(path.join(folder, '*.js'), { glob: true });
    assert.deepEqual(fs.readdirSync(folder), ['a']);
  }],
  mkdirp: ['makes folders', async () => {
    const folder = temporary();
    assert.equal(await require('mkdirp').mkdirp(path.join(folder, 'a/b')), path.join(folder, 'a'));
  }],
  'env-paths': ['names folders', async () => {
    const { default: envPaths } = await import('env-paths');
    assert.match(envPaths('app', { suffix: '' }).config, /app/u);
  }],
  conf: ['stores settings in a file, encrypted', async () => {
    const { default: Conf } = await import('conf');
    const options = { cwd: temporary(), projectName: 'a', encryptionKey: 'k', schema: { n: { type: 'number' } } };
    const conf = new Conf(options);
    conf.set('n', 4);
    assert.throws(() => conf.set('n', 'x'), /must be number/u);
    assert.equal(new Conf(options).get('n'), 4);
  }],
  'adm-zip': ['packs and reads', async () => {
    const AdmZip = require('adm-zip');
    const zip = new AdmZip();
    zip.addLocalFolder(tree());
    assert.equal(new AdmZip(zip.toBuffer()).readAsText('a/b/z.txt'), 'a/b/z.txt');
  }],
  jszip: ['packs and reads', async () => {
    const JSZip = require('jszip');
    const zip = new JSZip();
    zip.file('a/b.txt', 'text'.repeat(1000));
    const bytes = await zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
    assert.ok(bytes.length < 1000);
    assert.equal((await (await JSZip.loadAsync(bytes)).file('a/b.txt').async('string')).length, 4000);
  }],
  archiver: ['packs a folder in a stream that extract-zip reads', async () => {
    const archiver = await import('archiver');
    const file = path.join(temporary(), 'a.zip');
    const archive = archiver.ZipArchive ? new archiver.ZipArchive() : archiver.default('zip');
    archive.directory(tree(), false);
    const written = pipeline(archive, fs.createWriteStream(file));
    await archive.finalize();
    await written;
    const target = temporary();
    await require('extract-zip')(file, { dir: target });
    assert.equal(read(path.join(target, 'a/y.js')), 'a/y.js');
  }],
  'extract-zip': ['extracts, and refuses what leaves the folder', async () => {
    const AdmZip = require('adm-zip');
    const zip = new AdmZip();
    zip.addFile('a/b', Buffer.from('c'));
    const file = path.join(temporary(), 'a.zip');
    zip.writeZip(file);
    const target = temporary();
    await require('extract-zip')(file, { dir: target });
    assert.equal(read(path.join(target, 'a/b')), 'c');
  }],
  tar: ['packs with gzip and extracts', async () => {
    const tar = await import('tar');
    const file = path.join(temporary(), 'a.tgz');
    await tar.c({ gzip: true, file, cwd: tree() }, ['x.js', 'a']);
    const target = temporary();
    await tar.x({ file, cwd: target });
    assert.equal(read(path.join(target, 'a/b/z.txt')), 'a/b/z.txt');
  }],
  unzipper: ['reads an entry', async () => {
    const zip = new (require('adm-zip'))();
    zip.addFile('a', Buffer.from('b'.repeat(5000)));
    const folder = await require('unzipper').Open.buffer(zip.toBuffer());
    assert.equal((await folder.files[0].buffer()).length, 5000);
  }],
  winston: ['logs JSON into a file', async () => {
    const winston = require('winston');
    const filename = path.join(temporary(), 'log');
    const logger = winston.createLogger({ transports: [new winston.transports.File({ filename })] });
    logger.warn('text', { a: 1 });
    logger.debug('not this');
    logger.end();
    await until(() => fs.existsSync(filename) && read(filename).endsWith('\n'));
    assert.deepEqual(lines(filename), [{ a: 1, level: 'warn', message: 'text' }]);
  }],
  pino: ['logs from a worker thread into a file', async () => {
    const pino = require('pino');
    const destination = path.join(temporary(), 'log');
    const transport = pino.transport({ target: 'pino/file', options: { destination } });
    pino(transport).child({ a: 1 }).info('text');
    await once(transport, 'ready');
    transport.end();
    await until(() => fs.existsSync(destination) && read(destination).endsWith('\n'));
    assert.deepEqual([lines(destination)[0].a, lines(destination)[0].msg], [1, 'text']);
  }],
  bunyan: ['logs errors', async () => {
    const stream = new PassThrough();
    require('bunyan').createLogger({ name: 'a', stream, serializers: require('bunyan').stdSerializers }).error({ err: new Error('bad') }, 'text %d', 3);
    const entry = JSON.parse(stream.read());
    assert.deepEqual([entry.msg, entry.err.message], ['text 3', 'bad']);
  }],
  log4js: ['logs by levels into a file', async () => {
    const log4js = require('log4js');
    const filename = path.join(temporary(), 'log');
    log4js.configure({ appenders: { f: { type: 'file', filename, layout: { type: 'pattern', pattern: '%p %m' } } }, categories: { default: { appenders: ['f'], level: 'info' } } });
    log4js.getLogger().debug('no');
    log4js.getLogger().info('yes');
    await new Promise((resolve) => log4js.shutdown(resolve));
    assert.equal(read(filename), 'INFO yes\n');
  }],
  debug: ['writes what was asked for', async () => {
    const debug = require('debug');
    const written = [];
    debug.enable('a:*');
    debug.log = (...parts) => written.push(parts.join(' '));
    debug('a:b')('text %o', { n: 1 });
    debug('c')('no');
    assert.equal(written.length, 1);
    assert.match(written[0], /text .*n.*1/u);
  }],
  yargs: ['parses commands and options', async () => {
    const { default: yargs } = await import('yargs');
    let found;
    await yargs(['add', '3', '--deep', '--name', 'x']).command('add <n>', 'adds', (y) => y.option('deep', { type: 'boolean' }), (argv) => { found = argv; }).parseAsync();
    assert.deepEqual([found.n, found.deep, found.name], [3, true, 'x']);
  }],
  commander: ['parses commands and options', async () => {
    const { Command } = require('commander');
    let found;
    const program = new Command();
    program.command('add').argument('<n>', 'number', Number).option('-d, --deep').action((n, options) => { found = [n, options]; });
    await program.parseAsync(['add', '3', '-d'], { from: 'user' });
    assert.deepEqual(found, [3, { deep: true }]);
  }],
  minimist: ['parses options', async () => {
    assert.deepEqual(require('minimist')(['-ab', '--c=d', '--no-e', 'f']), { _: ['f'], a: true, b: true, c: 'd', e: false });
  }],
  meow: ['parses options, and finds the package', async () => {
    const { default: meow } = await import('meow');
    const { flags, pkg } = meow('help', { importMeta: import.meta, argv: ['--many', '3'], flags: { many: { type: 'number' } } });
    assert.deepEqual([flags.many, pkg.name], [3, 'packages']);
  }],
  chalk: ['colours', async () => {
    const { Chalk } = await import('chalk');
    assert.equal(new Chalk({ level: 1 }).red.bold('a'), '\u001b[31m\u001b[1ma\u001b[22m\u001b[39m');
  }],
  ora: ['spins and succeeds', async () => {
    const { default: ora } = await import('ora');
    const stream = new PassThrough();
    ora({ text: 'work', stream, isEnabled: false, color: false }).start().succeed('done');
    stream.end();
    assert.match(Buffer.concat(await stream.toArray()).toString(), /work\n.*done\n/u);
  }],
  inquirer: ['asks and takes an answer', async () => {
    const { default: inquirer } = await import('inquirer');
    const input = new PassThrough();
    const asked = inquirer.createPromptModule({ input, output: new PassThrough() })([{ type: 'input', name: 'a', message: 'what' }]);
    setTimeout(() => input.write('text\n'), 200);
    assert.deepEqual(await asked, { a: 'text' });
  }],
  prompts: ['asks and takes an answer', async () => {
    const prompts = require('prompts');
    prompts.inject(['x', 4]);
    assert.deepEqual(await prompts([{ type: 'text', name: 'a', message: '?' }, { type: 'number', name: 'b', message: '?' }]), { a: 'x', b: 4 });
  }],
  'source-map-support': ['names the places of sources in a stack', async () => {
    const folder = temporary();
    const map = { version: 3, file: 'out.js', sources: ['in.ts'], sourcesContent: ['\n\n\nthrow 1'], names: [], mappings: 'AAGA' };
    const file = path.join(folder, 'out.js');
    fs.writeFileSync(file, `throw new Error('x');\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}\n`);
    require('source-map-support').install();
    assert.throws(() => require(file), (error) => error.stack.includes('in.ts:4'));
  }],
};
