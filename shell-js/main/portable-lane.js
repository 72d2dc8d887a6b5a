/**
 * The portable lane's part of a view: the scripts that it is made with, and how a script of the host is put so that its value comes back.
 */
import process from 'node:process';

import { TO_PAGE } from '../common/lane-frames.js';
import { serialize } from '../common/serialize.js';
import { call, host } from './binding.js';
import { builtin } from './builtin.js';
import { expectEvaluation } from './lane-documents.js';
import { webContents } from './object-registry.js';
import { portableScripts } from './renderer-bundle.js';

/** Connections of the portable lane have numbers from here. */
const FIRST_CONNECTION = 2 ** 31;
/** What a script throws that a page's policy keeps from being evaluated; portable-page.js says it. */
const NO_EVAL = 'shell:no-eval';
const SCRIPT_FAILED = 'Script failed to execute, this normally means an error was thrown. Check the renderer console for the error.';
/** Where pages reach the lane's scheme: the engine of Windows has no schemes of others, so a host name stands for it. */
export const ADDRESS = process.platform === 'win32' ? 'https://shell-lane.lane/' : 'shell-lane://lane/';
/** Whether the engine runs scripts of the host in sub-frames. */
const REACHES_FRAMES = process.platform !== 'linux';
/** The number of the preload's world. */
export const OWN_WORLD = 999;
/** The highest number of a world that Electron takes. */
const LAST_WORLD = 536870911;
/** How many worlds of a document are made. */
const MOST_WORLDS = 100;
/** How many places are tried at which the last statement of a script may begin. */
const MOST_SPLITS = 200;

/** What nobody can guess. @returns {string} */
const unguessable = () => Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(16))).toString('hex');

/** Each view's name by which scripts of the host reach a world, and that of the events by which its worlds meet. @type {Map<number, {secret: string, ownHook: string, hook: string, meeting: string, isolated: boolean}>} */
const names = new Map();
/** Numbers of the further worlds that were made in a document. @type {WeakMap<object, Set<number>>} */
const worlds = new WeakMap();

/** The connection of each web contents that has one. @type {Map<number, number>} */
const connections = new Map();
/** @param {{webContents: number, connection: number}} opened */
export function connected({ webContents: contentsId, connection }) {
  connections.set(contentsId, connection);
}

/** The portable lane's connection of a web contents. On the native lane those have one whose pages have workers with Node. @param {number} contentsId */
export const portableConnection = (contentsId) => connections.get(contentsId) ?? null;

/** @param {{connection: number}} document */
export const isPortable = (document) => document.connection >= FIRST_CONNECTION;

/**
 * What `webViewCreate` says of the portable lane; null if the view needs none.
 * @param {number} contentsId
 * @param {{contextIsolation?: boolean, nodeIntegrationInSubFrames?: boolean, nodeIntegrationInWorker?: boolean}} preferences
 * @param {boolean} hasModules whether a preload may be an ES module
 * @param {number} [opener] the web contents whose page opened it
 */
export function laneScripts(contentsId, preferences, hasModules, opener) {
  const name = () => `_${unguessable()}`;
  const allFrames = preferences.nodeIntegrationInSubFrames === true;
  // Documents have the native lane. Workers have this one, and a page that waits for its preload waits for the scheme.
  if (!host.portableLane) {
    if (!preferences.nodeIntegrationInWorker && !hasModules) return null;
    const page = hasModules ? [{ source: `document.dispatchEvent(new Event('shell-element'));`, allFrames }] : [];
    return { secret: unguessable(), hook: name(), own: [], page };
  }
  const isolated = preferences.contextIsolation !== false;
  // A window that a page opened has a document before anybody is asked, with its opener's scripts.
  const view = names.get(opener ?? 0) ?? { secret: unguessable(), ownHook: name(), hook: name(), meeting: name() };
  names.set(contentsId, { ...view, isolated });
  const { secret, ownHook: hook, hook: pageHook, meeting } = view;
  const { own, page, shared, frame, framePage } = portableScripts();
  const handler = (/** @type {string} */ key) => `((handler) => (text) => handler.postMessage(text))(webkit.messageHandlers.${key})`;
  const post = handler('shell');
  const wait = REACHES_FRAMES ? 'null' : handler('shellWaiting');
  // A name of the scope of scripts is no property of the global object, so nobody can list it. It is declared by a script of its own, because
  // in a window that is used again the second declaration is an error. `document.open()` has the engine run all scripts again in a document that
  // has them already.
  const declare = (/** @type {string} */ name) => ({ source: `let ${name};`, allFrames: true });
  const start = (/** @type {string} */ name, /** @type {string} */ call) => `${name}?.document === document ? ${name}.again?.() : ${name} = ${call};`;
  // A document with preloads, of every frame if the app wants them there.
  const ownCall = `(${own})('${secret}', '${meeting}', ${isolated}, '${ADDRESS}', ${post}, ${wait})`;
  const pageCall = `(${isolated ? page : shared})('${meeting}')`;
  const scripts = {
    secret,
    hook,
    own: [declare(hook), { source: start(hook, ownCall), allFrames }],
    page: [declare(pageHook), { source: start(pageHook, pageCall), allFrames }],
  };
  if (allFrames) return scripts;
  // As text, which costs the main frame less than code that it never runs. Code of the page's world is not evaluated, because the page's policy may
  // forbid that.
  const frameStart = JSON.stringify(start(hook, `(${frame})('${secret}', '${meeting}', '${ADDRESS}', ${post}, ${wait})`));
  scripts.own.push({ source: `if (window !== window.top) (0, eval)(${frameStart});`, allFrames: true });
  scripts.page.push({ source: `if (window !== window.top) ${start(pageHook, `(${framePage})('${meeting}')`)}`, allFrames: true });
  return scripts;
}

/** @param {number} contentsId */
export function forgetLane(contentsId) {
  names.delete(contentsId);
  connections.delete(contentsId);
}

/** @param {string} code @returns {boolean} */
function compiles(code) {
  try {
    new builtin.vm.Script(code);
    return true;
  } catch {
    return false;
  }
}

/** Whether a script that begins like this is an expression for sure, and not a block or a declaration. */
const STATEMENT = /^(?:\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*(?:\{|(?:async\s+)?function\b|class\b|let\b)/;
const AFTER_LINE = /^\s*["'$\w]/;

/**
 * Where the last statement of a script begins, if it is an expression.
 * @param {string} code
 * @returns {number} -1 when it is none
 */
function lastExpression(code) {
  let tried = 0;
  for (let at = code.length - 1; at > 0 && tried < MOST_SPLITS; at--) {
    const end = code[at - 1];
    if (end !== ';' && end !== '\n' && end !== '}') continue;
    const tail = code.slice(at);
    if (tail.trim() === '' || /^[\s;]*$/.test(tail)) continue;
    // After a line or a brace without a semicolon what follows may belong to what is before.
    if (end !== ';' && !AFTER_LINE.test(tail)) continue;
    tried += 1;
    const expression = tail.replace(/[\s;]+$/, '');
    if (!STATEMENT.test(tail) && compiles(`(${expression}\n)`) && compiles(code.slice(0, at))) return at;
  }
  return -1;
}

/**
 * The script that runs `code` and hands its value, under a number, to the lane's part in a world. The value of a script whose last statement is
 * not an expression is undefined there.
 * @param {string} hook
 * @param {number} id
 * @param {string} code
 * @returns {string}
 */
function answeringScript(hook, id, code) {
  if (!STATEMENT.test(code) && compiles(`(${code}\n)`)) return `${hook}(${id},(${code}\n))`;
  const at = lastExpression(code);
  // Only `eval` knows the value of other statements.
  if (at < 0) return `${hook}(${id},undefined,${JSON.stringify(code)})`;
  return `${code.slice(0, at)} ${hook}(${id},(${code.slice(at).replace(/[\s;]+$/, '')}\n))`;
}

/** Whether the engine runs scripts of the host in a document. @param {any} document */
const isReached = (document) => REACHES_FRAMES || document.node.parent === null;

/** Whether a document's own scripts run code of a world: the preload's does so itself. @param {any} document @param {number} worldId */
export const runsItself = (document, worldId) =>
  !isPortable(document) || !isReached(document) || (worldId === OWN_WORLD && names.get(document.contentsId)?.isolated === true);

/**
 * Has the engine run code in a world of a document's view, which no policy of the page forbids. The value comes back by the document.
 * @param {import('./lane-documents.js').LaneDocument} document
 * @param {number} id below zero for a preload's
 * @param {string | {code: string, url: string}[]} code of several scripts the first one's value counts
 * @param {number} worldId 0 for the page's
 * @returns {Promise<void>} rejects with what was thrown
 */
export async function runInWorld(document, id, code, worldId) {
  const view = names.get(document.contentsId);
  if (view === undefined) throw new Error('The page went away before the script could run');
  const evaluate = evaluatorOf(document, worldId);
  if (worldId !== 0 && !makeWorld(document, worldId, view, evaluate)) throw new WorldError(worldId);
  const [first, ...others] = typeof code === 'string' ? [{ code, url: '' }] : code;
  const run = evaluate(first === undefined ? `${view.hook}(${id},undefined)` : answeringScript(view.hook, id, first.code), first?.url);
  for (const other of others) evaluate(`${other.code}\n;0`, other.url).catch(() => {});
  try {
    await run;
  } catch (error) {
    if (!String(error.message).includes(NO_EVAL)) throw error;
    await evaluate(`${first.code}\n;${view.hook}(${id},undefined)`, first.url);
  }
}

/** What has the engine run a script in a world of a document. @param {import('./lane-documents.js').LaneDocument} document @param {number} worldId */
function evaluatorOf(document, worldId) {
  const world = worldId === 0 ? null : `shell-${worldId}`;
  const number = document.node.parent === null ? null : document.number;
  return (/** @type {string} */ code, url = '') =>
    call({ type: 'laneEvaluate', webContents: document.contentsId, document: number, code, url, world });
}

/** There are too many worlds, or there can be none of this number. */
export class WorldError extends Error {
  /** @param {number} worldId */
  constructor(worldId) {
    super(`Failed to get context for world ${worldId}`);
  }
}

/**
 * @param {any} document @param {number} worldId @param {{hook: string, meeting: string}} view @param {(script: string) => Promise<any>} evaluate
 * @returns {boolean} whether the world is there
 */
function makeWorld(document, worldId, { hook, meeting }, evaluate) {
  const made = worlds.get(document) ?? new Set();
  worlds.set(document, made);
  if (made.has(worldId)) return true;
  if (made.size >= MOST_WORLDS || !(worldId > 0 && worldId <= LAST_WORLD)) return false;
  made.add(worldId);
  // Whatever else is sent to the document comes after it.
  document.send(TO_PAGE.worldMade, worldId, new Uint8Array(0));
  const failed = (/** @type {any} */ error) => console.error(error);
  evaluate(`let ${hook}; 0`).catch(failed);
  evaluate(`${hook} = (${portableScripts().page})('${meeting}-${worldId}', null, false); 0`).catch(failed);
  return true;
}

/**
 * Runs code in a world for the main process.
 * @param {import('./lane-documents.js').LaneDocument} document
 * @param {string | {code: string, url: string}[]} code
 * @param {number} worldId
 * @returns {Promise<any>} its value, with promises awaited
 */
export function evaluateByHost(document, code, worldId) {
  return expectEvaluation(document, (id) => {
    runInWorld(document, id, code, worldId).catch((error) => {
      const waiting = document.evaluations.get(id);
      // It has answered, and the page went away a moment later.
      if (waiting === undefined) return;
      document.evaluations.delete(id);
      if (error instanceof WorldError) return void waiting.reject(new Error(error.message));
      webContents.get(document.contentsId)?._laneEvent('console-message', { level: 'error', line: 0, message: error.message, source: '' });
      waiting.reject(new Error(SCRIPT_FAILED));
    });
  });
}

/** A preload's script for another world. @param {import('./lane-documents.js').LaneDocument} document @param {number} id @param {any[] | null} question */
export function runForPreload(document, id, question) {
  if (question === null || id === 0 || id > 0x7fffffff) return;
  const [code, worldId] = question;
  const isCode = typeof code === 'string' || (Array.isArray(code) && code.every((source) => typeof source?.code === 'string'));
  if (!isCode || !Number.isInteger(worldId) || !isReached(document)) return;
  runInWorld(document, -id, code, worldId).catch((error) => {
    document.send(TO_PAGE.runFailed, id, serialize([new Error(error instanceof WorldError ? error.message : SCRIPT_FAILED)]));
  });
}

/** A preload wants a world. @param {any} document @param {number} worldId */
export function wantWorld(document, worldId) {
  const view = names.get(document.contentsId);
  if (view !== undefined && isReached(document)) makeWorld(document, worldId, view, evaluatorOf(document, worldId));
}
