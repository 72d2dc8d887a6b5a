'use strict';

// Makes the text of docs/api.md: what of Electron's API the running shell has. `api-table-spec.js` compares it with the file, and
// writes it when UPDATE_API_DOCS=1 is set.

const electron = require('electron');
const fs = require('node:fs');
const path = require('node:path');
const { Stream } = require('node:stream');
const { pathToFileURL } = require('node:url');
const { closeWindow, delay, once, serve } = require('./helpers');

const ROOT = path.join(__dirname, '..', '..');
const SOURCES = path.join(ROOT, 'shell-js', 'main');
const REFUSES = Symbol.for('shell.refuses');
const STATES = ['present', 'refuses', 'missing', 'elsewhere'];
const TITLES = {
  present: 'Present',
  refuses: 'Refuses',
  missing: 'Missing',
  elsewhere: 'Not on this platform, as in Electron',
};

/** A response, asked for before the table is made. @type {any} */
let incoming;

/** How to get an object of each class. @type {Record<string, (window: any) => any>} */
const INSTANCES = {
  BaseWindow: () => new electron.BaseWindow({ show: false }),
  BrowserWindow: (window) => window,
  ClientRequest: () => electron.net.request('http://127.0.0.1/'),
  ClipboardItem: () => new electron.ClipboardItem({ 'text/plain': 'x' }),
  CommandLine: () => electron.app.commandLine,
  Cookies: () => electron.session.defaultSession.cookies,
  Debugger: (window) => window.webContents.debugger,
  Dock: () => electron.app.dock,
  Extensions: () => electron.session.defaultSession.extensions,
  IncomingMessage: () => incoming,
  Menu: () => new electron.Menu(),
  MenuItem: () => electron.Menu.buildFromTemplate([{ label: 'x', id: 'x' }]).items[0],
  MessageChannelMain: () => new electron.MessageChannelMain(),
  MessagePortMain: () => new electron.MessageChannelMain().port1,
  NavigationHistory: (window) => window.webContents.navigationHistory,
  Notification: () => new electron.Notification(),
  ServiceWorkers: () => electron.session.defaultSession.serviceWorkers,
  View: () => new electron.View(),
  WebContentsView: () => new electron.WebContentsView(),
  WebRequest: () => electron.session.defaultSession.webRequest,
  process: () => process,
  nativeImage: () => electron.nativeImage.createEmpty(),
  session: () => electron.session.defaultSession,
  utilityProcess: () => {
    const child = electron.utilityProcess.fork(require('node:path').join(__dirname, 'fixtures/utility/echo.js'));
    child.kill();
    return child;
  },
  webContents: (window) => window.webContents,
  webFrameMain: (window) => window.webContents.mainFrame,
};

/** @param {any} member an entry of the table */
const nameOf = (member) => (typeof member === 'string' ? member : member[0]);
const isHere = (member) => typeof member === 'string' || member[1].split(',').includes(process.platform);

/** @param {any} object @param {string} name */
function descriptorOf(object, name) {
  for (let at = object; at !== null && at !== undefined; at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name);
    if (descriptor) return descriptor;
  }
  return undefined;
}

/** @param {any} object @param {any} member */
function stateOf(object, member) {
  const descriptor = object == null ? undefined : descriptorOf(object, nameOf(member));
  if (descriptor === undefined || ('value' in descriptor && descriptor.value === undefined && !isHere(member))) {
    return isHere(member) ? 'missing' : 'elsewhere';
  }
  return descriptor.value?.[REFUSES] || descriptor.get?.[REFUSES] ? 'refuses' : 'present';
}

/** Every text in quotes of a folder's JavaScript: an event that it emits is among them. @param {string} folder */
function quotedNames(folder) {
  const names = new Set();
  for (const file of fs.readdirSync(folder, { recursive: true })) {
    if (!String(file).endsWith('.js') || String(file) === 'api-members.js') continue;
    const text = fs.readFileSync(path.join(folder, String(file)), 'utf8');
    for (const [, name] of text.matchAll(/'([a-z][a-z-]*)'/g)) names.add(name);
  }
  return names;
}

/** @typedef {Record<string, string[]>} Rows members by state */

/** @param {string} name @param {any} entry @param {any} window @param {Set<string>} quoted @returns {Rows} */
function rowsOfMain(name, entry, window, quoted) {
  /** @type {Rows} */
  const rows = Object.fromEntries(STATES.map((state) => [state, []]));
  const exported = electron[name];
  const wholeRefuses = Boolean(exported?.[REFUSES]);
  let instance;
  try {
    instance = name in INSTANCES ? INSTANCES[name](window) : undefined;
  } catch {
    // What cannot be made is judged by its class.
  }
  if (entry.kind === 'object') instance ??= exported;
  else instance ??= entry.kind === 'class' && typeof exported === 'function' ? exported.prototype : undefined;
  const add = (members = [], object, form) => {
    for (const member of members) rows[stateOf(object, member)].push(form(nameOf(member)));
  };
  if (entry.kind === 'class' && exported) rows[wholeRefuses ? 'refuses' : 'present'].push(`new ${name}()`);
  add(entry.staticMethods, exported, (member) => `${name}.${member}()`);
  add(entry.staticProperties, exported, (member) => `${name}.${member}`);
  add(entry.methods, instance, (member) => `${member}()`);
  add(entry.properties, instance, (member) => member);
  const wholeIsAbsent = exported === undefined && instance === undefined;
  for (const member of entry.events ?? []) {
    // Streams emit theirs by themselves.
    const own = instance instanceof Stream && ['data', 'end', 'finish'].includes(nameOf(member));
    const emitted = (own || quoted.has(nameOf(member))) && !wholeIsAbsent && !wholeRefuses;
    rows[emitted ? 'present' : isHere(member) ? 'missing' : 'elsewhere'].push(`'${nameOf(member)}'`);
  }
  return rows;
}

/** What a preload finds, asked of a page. @param {Record<string, any>} modules */
async function rowsOfRenderer(modules) {
  const question = Object.fromEntries(
    Object.entries(modules).map(([name, entry]) => [name, [...(entry.methods ?? []), ...(entry.properties ?? [])].map(nameOf)]),
  );
  const window = new electron.BrowserWindow({
    show: false,
    webPreferences: {
      preload: path.join(__dirname, 'fixtures', 'api-table-preload.js'),
      additionalArguments: [`--api-question=${encodeURIComponent(JSON.stringify(question))}`],
    },
  });
  const answered = once(electron.ipcMain, 'api-table');
  await window.loadURL('data:text/html,api');
  const silence = delay(10_000).then(() => Promise.reject(new Error('the preload script did not answer')));
  const [, states] = await Promise.race([answered, silence]);
  await closeWindow(window);
  return Object.fromEntries(
    Object.entries(modules).map(([name, entry]) => {
      const rows = Object.fromEntries(STATES.map((state) => [state, []]));
      for (const kind of ['methods', 'properties']) {
        for (const member of entry[kind] ?? []) {
          const state = states[name][nameOf(member)];
          const shown = kind === 'methods' ? `${nameOf(member)}()` : nameOf(member);
          rows[state === 'missing' && !isHere(member) ? 'elsewhere' : state].push(shown);
        }
      }
      for (const member of entry.events ?? []) rows.missing.push(`'${nameOf(member)}'`);
      return [name, rows];
    }),
  );
}

/** @param {string} name @param {any} entry @param {Rows} rows */
function section(name, entry, rows) {
  const lines = [`## ${name}`, ''];
  if (entry.processes !== 'main') lines.push(`Processes: ${entry.processes}.`, '');
  for (const state of STATES) {
    if (rows[state].length > 0) lines.push(`- ${TITLES[state]} (${rows[state].length}): ${rows[state].map((item) => `\`${item}\``).join(', ')}`);
  }
  return lines.join('\n');
}

/** The whole text. @returns {Promise<string>} */
async function apiDocument() {
  const { default: table } = await import(pathToFileURL(path.join(SOURCES, 'api-members.js')).href);
  const quoted = quotedNames(SOURCES);
  // What requests emit no other object does.
  const quotedOfRequests = quotedNames(path.join(SOURCES, '..', 'common', 'net'));
  const window = new electron.BrowserWindow({ show: false });
  await window.loadURL('data:text/html,api');

  const server = await serve((_, response) => response.end('x'));
  incoming = await new Promise((resolve, reject) => electron.net.request(server.url).on('response', resolve).on('error', reject).end());
  await server.close();

  const isRenderer = ([, entry]) => entry.processes === 'renderer';
  const entries = [...Object.entries(table.modules), ...Object.entries(table.classes)].sort(([a], [b]) => a.localeCompare(b, 'en'));
  const renderer = await rowsOfRenderer(Object.fromEntries(entries.filter(isRenderer)));
  const all = entries.map(([name, entry]) => ({ name, entry, rows: renderer[name] ?? rowsOfMain(name, entry, window, ['ClientRequest', 'IncomingMessage'].includes(name) ? quotedOfRequests : quoted) }));
  for (const open of electron.BrowserWindow.getAllWindows()) await closeWindow(open);

  const total = (state) => all.reduce((sum, { rows }) => sum + rows[state].length, 0);
  const counts = (rows) => STATES.map((state) => rows[state].length).join(' | ');
  return `${[
    '# Electron\'s API in the shell',
    '',
    '<!-- Made by tests/js/api-table.js from the running shell: UPDATE_API_DOCS=1 make test TESTS=js. Not to be edited. -->',
    '',
    `Members of ${table.generatedFrom}, as the shell has them on ${process.platform}. A member that *refuses* throws`,
    '`Error("<module>.<member> is not implemented on <platform> yet")`. One that is *missing* is not there at all: events that are never',
    'emitted, and members of objects that cannot be reached yet. Whether an event is emitted is read from the source, everything else',
    'is asked of the running program.',
    '',
    `In all: ${total('present')} present, ${total('refuses')} refuse, ${total('missing')} missing, ${total('elsewhere')} belong to other platforms.`,
    '',
    '| | present | refuses | missing | other platforms |',
    '|---|---|---|---|---|',
    ...all.map(({ name, rows }) => `| [${name}](#${name.toLowerCase()}) | ${counts(rows)} |`),
    '',
    ...all.map(({ name, entry, rows }) => `${section(name, entry, rows)}\n`),
  ].join('\n').trimEnd()}\n`;
}

module.exports = { FILE: path.join(ROOT, 'docs', 'api.md'), apiDocument };
