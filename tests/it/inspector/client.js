'use strict';
// A debugger for tests: starts a program, reads from its standard error where it listens, and speaks the protocol of DevTools to it over the socket.

const { spawn } = require('node:child_process');

class Debugged {
  constructor(args, env = {}) {
    this.child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.ended = new Promise((resolve) => this.child.on('exit', (code, signal) => resolve({ code, signal })));
    this.out = '';
    this.err = '';
    this.listeners = new Set();
    for (const name of ['out', 'err']) {
      this.child[`std${name}`].setEncoding('utf8').on('data', (part) => {
        this[name] += part;
        for (const listener of this.listeners) listener();
      });
    }
  }

  /** Waits until a stream has had something, and gives what was found. */
  said(name, pattern) {
    return new Promise((resolve) => {
      const look = () => {
        const found = pattern.exec(this[name]);
        if (found === null) return;
        this.listeners.delete(look);
        resolve(found[1] ?? found[0]);
      };
      this.listeners.add(look);
      look();
    });
  }

  /** Connects to where the program, or the last of its children, says that it listens. `shell dev` says before each line whose it is. */
  async connect() {
    return connect(await this.said('err', /Debugger listening on (ws:\S+)\n(?:main {2}\| )?For help, see: https:\/\/nodejs.org\/en\/docs\/inspector\n$/));
  }

  kill() {
    this.child.kill('SIGKILL');
  }
}

class Session {
  #answers = new Map();
  #waiting = [];
  #events = [];
  #scripts = new Map();
  #count = 0;

  constructor(url, socket) {
    this.url = url;
    this.socket = socket;
    socket.onmessage = ({ data }) => this.take(JSON.parse(data));
  }

  take(message) {
    if (message.id !== undefined) {
      this.#answers.get(message.id)(message);
      return;
    }
    if (message.method === 'Debugger.scriptParsed') this.#scripts.set(message.params.scriptId, message.params.url);
    const at = this.#waiting.findIndex(({ method }) => method === message.method);
    if (at >= 0) this.#waiting.splice(at, 1)[0].resolve(message.params);
    else this.#events.push(message);
  }

  write(message) {
    this.socket.send(message);
  }

  ask(method, params = {}) {
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) => (error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result)));
      this.write(JSON.stringify({ id, method, params }));
    });
  }

  /** The first event of this kind that nobody has taken yet. */
  event(method) {
    const at = this.#events.findIndex((event) => event.method === method);
    if (at >= 0) return Promise.resolve(this.#events.splice(at, 1)[0].params);
    return new Promise((resolve) => this.#waiting.push({ method, resolve }));
  }

  /** A promise is awaited only if that is asked for: a program that waits for its debugger settles none. */
  async evaluate(expression, awaitPromise = false) {
    return (await this.ask('Runtime.evaluate', { expression, returnByValue: true, awaitPromise })).result.value;
  }

  /** Enables what a debugger enables first, then lets the program run that waits. */
  async begin() {
    await this.ask('Runtime.enable');
    await this.ask('Debugger.enable');
    await this.ask('Runtime.runIfWaitingForDebugger');
  }

  /** Where it stops: the end of the script's address, the line, and what an expression is there. */
  async stop(expression = 'undefined') {
    const { callFrames: [frame] } = await this.event('Debugger.paused');
    const { result } = await this.ask('Debugger.evaluateOnCallFrame', { callFrameId: frame.callFrameId, expression });
    await this.ask('Debugger.resume');
    return [this.#scripts.get(frame.location.scriptId).split('/').pop(), frame.location.lineNumber, result.value ?? null];
  }

  close() {
    this.socket.close();
  }
}

async function connect(url) {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: () => reject(new Error(`no connection to ${url}`)) }));
  return new Session(url, socket);
}

/** A worker thread, spoken to through the session of its process. */
async function workerOf(session, sessionId) {
  const worker = new Session(session.url, { send: (message) => session.ask('NodeWorker.sendMessageToWorker', { sessionId, message }) });
  void (async () => {
    for (;;) worker.take(JSON.parse((await session.event('NodeWorker.receivedMessageFromWorker')).message));
  })();
  return worker;
}

/** Runs a scenario and prints what it reports. */
function scenario(args, env, run) {
  const debugged = new Debugged(args, env);
  // Else a program that says nothing holds up all tests.
  setTimeout(() => {
    console.error('nothing came of it in time', debugged.out, debugged.err);
    debugged.kill();
    process.exit(1);
  }, 120_000);
  Promise.resolve(run(debugged)).then(
    (report) => console.log(JSON.stringify(report)),
    (error) => console.error(error, debugged.out, debugged.err),
  ).finally(() => {
    debugged.kill();
    process.exit();
  });
}

module.exports = { connect, scenario, workerOf };
