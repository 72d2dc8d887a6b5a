/**
 * `utilityProcess`: children without a user interface that talk to the app by message ports.
 *
 * The child is the same executable. It is reached by a channel of `child_process`, which carries the frames that pages get by the lane: to
 * `lane-ports.js` the child is one more holder of ports.
 */
import { EventEmitter } from 'node:events';
import process from 'node:process';

import { packPorts } from '../../common/port-payload.js';
import { serialize } from '../../common/serialize.js';
import { host } from '../binding.js';
import { builtin } from '../builtin.js';
import { attach, closePortsOf, makeChannel, post, portFrame, sendPortsTo } from '../lane-ports.js';
import { peers } from '../object-registry.js';
import { emitNative, emitSafely } from './event.js';
import { packMessage, readMessage } from './message-channel.js';

/** Says to the child what it is (src/app/role.rs). */
const VARIABLE = 'SHELL_UTILITY_PROCESS';
/** Electron's name of the service that every utility process with Node is. */
const SERVICE = 'node.mojom.NodeService';
/** Signals of faults. */
const FAULTS = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP', 'SIGSYS']);
const STREAMS = ['inherit', 'pipe', 'ignore'];

/** @param {any} stdio @returns {('ignore' | 'inherit' | 'pipe')[]} for the child's three streams */
function readStdio(stdio = 'inherit') {
  if (typeof stdio === 'string') {
    if (!STREAMS.includes(stdio)) throw new Error('stdio must be of the following values: inherit, pipe, ignore');
    return ['ignore', /** @type {'pipe'} */ (stdio), /** @type {'pipe'} */ (stdio)];
  }
  if (!Array.isArray(stdio) || stdio.length < 3) throw new Error('configuration missing for stdin, stdout or stderr.');
  const [input, output, errors] = stdio;
  if (input !== 'ignore') throw new Error('stdin value other than ignore is not supported.');
  if (!STREAMS.includes(output)) throw new Error('stdout configuration must be of the following values: inherit, pipe, ignore');
  if (!STREAMS.includes(errors)) throw new Error('stderr configuration must be of the following values: inherit, pipe, ignore');
  return ['ignore', output, errors];
}

/** @param {any} args @param {any} options */
function readOptions(args, options) {
  if (args !== null && typeof args === 'object' && !Array.isArray(args)) [args, options] = [[], args];
  const { execArgv, serviceName, cwd, env, stdio } = options ?? {};
  if (execArgv !== undefined && execArgv !== null && !Array.isArray(execArgv)) throw new Error('execArgv must be an array of strings.');
  if (serviceName !== undefined && serviceName !== null && typeof serviceName !== 'string') throw new Error('serviceName must be a string.');
  if (cwd !== undefined && cwd !== null && typeof cwd !== 'string') throw new Error('cwd path must be a string.');
  return {
    args: (args ?? []).map(String),
    execArgv: (execArgv ?? []).map(String),
    serviceName: serviceName ?? 'Node Utility Process',
    cwd: cwd ?? undefined,
    env: env ?? process.env,
    stdio: readStdio(stdio ?? undefined),
  };
}

class UtilityProcess extends EventEmitter {
  /** Null once it has ended. @type {import('node:child_process').ChildProcess | null} */
  #child;
  #spawned = false;
  #killed = false;
  #name;
  /** Our end of the channel whose other end is the child's `parentPort`. */
  #end;
  #holder;

  /** @param {string} modulePath @param {any} [args] @param {any} [options] */
  constructor(modulePath, args, options) {
    super();
    if (!modulePath) throw new Error('Missing UtilityProcess entry script.');
    if (typeof modulePath !== 'string') throw new TypeError(`The "modulePath" argument must be of type string. Received ${typeof modulePath}`);
    const read = readOptions(args, options);
    if (!peers.app.isReady()) throw new Error('utilityProcess cannot be created before app is ready.');
    this.#name = read.serviceName;
    const child = builtin.childProcess.spawn(host.execPath, [...read.execArgv, modulePath, ...read.args], {
      cwd: read.cwd,
      env: { ...read.env, [VARIABLE]: '1' },
      stdio: [...read.stdio, 'ipc'],
      serialization: 'advanced',
      windowsHide: true,
    });
    this.#child = child;
    this.#holder = {
      label: `Utility process ${read.serviceName}`,
      gone: false,
      hasIpc: true,
      send(/** @type {number} */ kind, /** @type {number} */ id, /** @type {Uint8Array} */ bytes) {
        // Whatever shares the bytes' memory would go along.
        if (!this.gone && child.connected) child.send([kind, id, bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()]);
        return !this.gone;
      },
    };
    const [ours, theirs] = makeChannel();
    this.#end = ours;
    attach(ours, { deliver: (/** @type {any} */ message) => this.#heard(message), closed() {}, awaitsClose: () => false }, true);
    const start = serialize({ resourcesPath: host.resourcesPath, versions: { ...process.versions } });
    sendPortsTo(this.#holder, { bytes: packPorts([{ id: 0, received: 0 }], start), ends: [theirs], sender: null });
    this.#watch(child);
  }

  /** @param {import('node:child_process').ChildProcess} child */
  #watch(child) {
    child.on('message', (/** @type {any} */ [kind, id, data]) => portFrame(this.#holder, { kind, id, data }));
    child.on('spawn', () => {
      this.#spawned = true;
      emitSafely(this, 'spawn');
    });
    child.on('error', () => {
      if (!this.#spawned) this.#ended(1, null, 'launch-failed');
    });
    // What it had sent comes before its end.
    /** @type {(() => void) | null} */
    let end = null;
    child.on('exit', (code, signal) => {
      end = () => this.#ended(code, signal, null);
      if (!child.connected) end();
    });
    child.on('disconnect', () => end?.());
  }

  /** @param {any} message */
  #heard(message) {
    // Electron hands over what was posted, without ports.
    const { data, ports } = readMessage(message);
    for (const port of ports) port.close();
    emitSafely(this, 'message', data);
  }

  /** @param {number | null} code @param {string | null} signal @param {string | null} reason */
  #ended(code, signal, reason) {
    if (this.#child === null) return;
    closePortsOf(this.#holder);
    this.#holder.gone = true;
    const number = signal === null ? 0 : (builtin.os.constants.signals[/** @type {NodeJS.Signals} */ (signal)] ?? 0);
    const exitCode = code ?? (this.#killed ? 0 : number);
    const gone = reason ?? (signal === null || this.#killed ? null : FAULTS.has(signal) ? 'crashed' : 'killed');
    if (gone !== null) {
      emitNative(peers.app, 'child-process-gone', { type: 'Utility', reason: gone, exitCode, serviceName: SERVICE, name: this.#name });
    }
    // The process is known to its listeners, and to nobody after them.
    emitSafely(this, 'exit', exitCode);
    this.#child = null;
  }

  get pid() {
    return this.#spawned ? this.#child?.pid : undefined;
  }

  get stdout() {
    return this.#child?.stdout ?? null;
  }

  get stderr() {
    return this.#child?.stderr ?? null;
  }

  /** @param {any} message @param {any} [transfer] */
  postMessage(message, transfer) {
    if (this.#child === null) return;
    post(this.#end, packMessage(message, transfer), false);
  }

  /** @returns {boolean} */
  kill() {
    if (this.#child === null) return false;
    this.#killed = true;
    return this.#child.kill();
  }
}

export const utilityProcess = {
  /** @param {string} modulePath @param {any} [args] @param {any} [options] */
  fork: (modulePath, args, options) => new UtilityProcess(modulePath, args, options),
};
export { UtilityProcess };
