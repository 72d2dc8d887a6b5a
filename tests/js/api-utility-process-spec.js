'use strict';

const { app, ipcMain, MessageChannelMain, utilityProcess } = require('electron');
const assert = require('node:assert');
const { EventEmitter } = require('node:events');
const os = require('node:os');
const path = require('node:path');
const { closeAllWindows, fixture, once, serve, waitUntil } = require('./helpers');
const { openWithPreload } = require('./lane-helpers');

const script = (name) => fixture('utility', name);

/** Whether a process is there, zombies not counted. @param {number} pid */
function isAlive(pid) {
  try {
    const stat = require('node:fs').readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

describe('utilityProcess', () => {
  /** @type {Electron.UtilityProcess[]} */
  let children = [];
  /** @param {string} name @param {any[]} rest */
  const fork = (name, ...rest) => {
    const child = utilityProcess.fork(script(name), ...rest);
    children.push(child);
    return child;
  };
  const nextMessage = async (child) => (await once(child, 'message'))[0];

  afterEach(async () => {
    for (const child of children) {
      if (child.pid === undefined) continue;
      const ended = once(child, 'exit');
      if (child.kill()) await ended;
    }
    children = [];
    ipcMain.removeAllListeners();
    ipcMain.on('error', () => {});
    await closeAllWindows();
  });

  describe('fork', () => {
    it('refuses what it cannot use', () => {
      const fails = (args, message) => assert.throws(() => utilityProcess.fork(...args), { message });
      fails([], 'Missing UtilityProcess entry script.');
      fails([script('echo.js'), [], { execArgv: 'x' }], 'execArgv must be an array of strings.');
      fails([script('echo.js'), [], { serviceName: 1 }], 'serviceName must be a string.');
      fails([script('echo.js'), [], { cwd: 1 }], 'cwd path must be a string.');
      fails([script('echo.js'), [], { stdio: 'other' }], 'stdio must be of the following values: inherit, pipe, ignore');
      fails([script('echo.js'), [], { stdio: ['pipe', 'pipe', 'pipe'] }], 'stdin value other than ignore is not supported.');
      fails([script('echo.js'), [], { stdio: ['ignore', 'no', 'pipe'] }], 'stdout configuration must be of the following values: inherit, pipe, ignore');
      fails([script('echo.js'), [], { stdio: ['ignore', 'pipe', 3] }], 'stderr configuration must be of the following values: inherit, pipe, ignore');
      fails([script('echo.js'), [], { stdio: ['ignore'] }], 'configuration missing for stdin, stdout or stderr.');
    });

    it('opens an inspector that execArgv asks for', async () => {
      const child = fork('endless.js', [], { execArgv: ['--inspect=0'], stdio: 'pipe' });
      let told = '';
      for await (const part of child.stderr) {
        told += part;
        if (told.includes('For help')) break;
      }
      const [, host] = /Debugger listening on ws:\/\/([^/]+)\//.exec(told);
      const [target] = await (await fetch(`http://${host}/json/list`)).json();
      assert.strictEqual(path.basename(target.url), 'endless.js');
      assert.match(target.title, new RegExp(`pid: ${child.pid}\\b`));
    });

    it('starts a process with Node, parentPort and electron', async () => {
      const child = fork('report.js', ['one', 'two'], {
        env: { ...process.env, SHELL_SPEC_MARK: 'mark' },
        execArgv: ['--no-warnings'],
        cwd: os.tmpdir(),
        serviceName: 'reporter',
      });
      assert.ok(child instanceof EventEmitter);
      assert.strictEqual(child.pid, undefined);
      assert.strictEqual(child.stdout, null);
      const report = await nextMessage(child);
      assert.deepStrictEqual(report, {
        argv: [script('report.js'), 'one', 'two'],
        execArgv: ['--no-warnings'],
        type: 'utility',
        versions: ['string', 'string', 'string'],
        cwd: require('node:fs').realpathSync(os.tmpdir()),
        resourcesPath: process.resourcesPath,
        mark: 'mark',
        own: [],
        ownChannel: false,
        port: 'ParentPort',
        electron: ['net', 'systemPreferences'],
        same: true,
        refusal: `systemPreferences.getAnimationSettings is not implemented on ${process.platform} yet`,
        browser: 'undefined',
        main: true,
        globals: ['undefined', 'undefined'],
      });
    });

    it('makes requests', async () => {
      const server = await serve((request, response) => request.pipe(response));
      const child = fork('net.js', [server.url]);
      assert.deepStrictEqual(await nextMessage(child), { status: 200, text: 'from a utility process', refused: 'net::ERR_NAME_NOT_RESOLVED' });
      await server.close();
    });

    it('takes options in the place of arguments, and modules', async () => {
      const child = fork('module.mjs', { serviceName: 'module' });
      assert.deepStrictEqual(await nextMessage(child), { file: 'module.mjs', type: 'utility' });
    });

    it('lets its children be forked children', async () => {
      assert.deepStrictEqual(await nextMessage(fork('forks.js')), { type: 'undefined', argv: ['inner'] });
    });
  });

  describe('life', () => {
    it('emits spawn, when there is a process id, and exit with the code, which ends it', async () => {
      const child = fork('echo.js');
      const order = [];
      for (const event of ['spawn', 'message', 'exit']) child.on(event, (value) => order.push([event, value, typeof child.pid]));
      await once(child, 'spawn');
      assert.ok(isAlive(/** @type {number} */ (child.pid)));
      child.postMessage({ exit: 3 });
      await once(child, 'exit');
      assert.deepStrictEqual(order, [['spawn', undefined, 'number'], ['message', { leaving: 3 }, 'number'], ['exit', 3, 'number']]);
      assert.strictEqual(child.pid, undefined);
      assert.strictEqual(child.kill(), false);
      assert.strictEqual(child.postMessage('nobody'), undefined);
    });

    it('ends with code 1 on an exception', async () => {
      const child = fork('throws.js', [], { stdio: 'pipe' });
      let errors = '';
      child.stderr.on('data', (part) => (errors += part));
      const closed = once(child.stderr, 'end');
      assert.deepStrictEqual(await once(child, 'exit'), [1]);
      await closed;
      assert.match(errors, /Error: thrown by the utility process/);
    });

    it('is killed without a crash', async () => {
      const child = fork('endless.js');
      await nextMessage(child);
      const gone = [];
      app.on('child-process-gone', (_event, details) => gone.push(details));
      const pid = /** @type {number} */ (child.pid);
      assert.strictEqual(child.kill(), true);
      assert.deepStrictEqual(await once(child, 'exit'), [0]);
      assert.deepStrictEqual(gone, []);
      app.removeAllListeners('child-process-gone');
      assert.ok(!isAlive(pid));
    });

    it('tells of a crash by child-process-gone and exit', async () => {
      for (const [signal, reason] of [['SIGABRT', 'crashed'], ['SIGKILL', 'killed']]) {
        const child = fork('endless.js', [], { serviceName: 'victim' });
        await nextMessage(child);
        const gone = once(app, 'child-process-gone');
        const exit = once(child, 'exit');
        process.kill(/** @type {number} */ (child.pid), signal);
        const [event, details] = await gone;
        const exitCode = os.constants.signals[signal];
        assert.strictEqual(event.constructor.name, 'Event');
        assert.deepStrictEqual(details, { type: 'Utility', reason, exitCode, serviceName: 'node.mojom.NodeService', name: 'victim' });
        assert.deepStrictEqual(await exit, [exitCode]);
      }
    });

    it('tells when it could not be started', async () => {
      const child = fork('echo.js', [], { cwd: path.join(os.tmpdir(), 'there', 'is', 'nothing') });
      const gone = once(app, 'child-process-gone');
      const exit = once(child, 'exit');
      assert.strictEqual((await gone)[1].reason, 'launch-failed');
      await exit;
      assert.strictEqual(child.pid, undefined);
    });
  });

  describe('streams', () => {
    it('are the app\'s or nobody\'s unless they are piped', async () => {
      const child = fork('streams.js', [], { stdio: ['ignore', 'pipe', 'ignore'] });
      assert.strictEqual(child.stderr, null);
      const [text] = await once(child.stdout, 'data');
      assert.strictEqual(String(text), 'to the output');
      child.postMessage('end');
      await once(child, 'exit');
      assert.strictEqual(child.stdout, null);
    });

    it('come both', async () => {
      const child = fork('streams.js', [], { stdio: 'pipe' });
      const [[output], [errors]] = await Promise.all([once(child.stdout, 'data'), once(child.stderr, 'data')]);
      assert.deepStrictEqual([String(output), String(errors)], ['to the output', 'to the errors']);
    });
  });

  describe('messages', () => {
    it('wait until the child listens, and keep their order and what can be cloned', async () => {
      const child = fork('echo.js');
      const sent = [1, 'text', new Map([['a', new Date(5)]]), [undefined, null, -0, 10n], new Uint8Array([1, 2, 3]).subarray(1)];
      for (const value of sent) child.postMessage(value);
      const got = [];
      child.on('message', ({ data }) => got.push(data));
      await waitUntil(() => got.length === sent.length);
      assert.deepStrictEqual(got.slice(0, 4), sent.slice(0, 4));
      assert.deepStrictEqual([...got[4]], [2, 3]);
    });

    it('may be large', async () => {
      const child = fork('echo.js');
      const large = new Uint8Array(20 << 20).fill(7);
      child.postMessage(large);
      const { data } = await nextMessage(child);
      assert.strictEqual(data.length, large.length);
      assert.ok(Buffer.from(data).equals(Buffer.from(large)));
    });

    it('come in bursts', async () => {
      const child = fork('burst.js');
      const got = [];
      child.on('message', (value) => got.push(value));
      child.postMessage(2000);
      await waitUntil(() => got.at(-1) === 'end');
      assert.deepStrictEqual(got.slice(0, -1), Array.from({ length: 2000 }, (_, i) => i));
    });

    it('refuses what cannot be cloned', () => {
      const child = fork('echo.js');
      assert.throws(() => child.postMessage(() => {}), { message: 'An object could not be cloned.' });
      assert.throws(() => child.postMessage('x', ['no port']), { message: 'Port at index 0 is not a valid port' });
    });
  });

  describe('ports', () => {
    it('lead from main to the child and back', async () => {
      const child = fork('ports.js');
      const { port1, port2 } = new MessageChannelMain();
      port1.postMessage('early');
      child.postMessage({ do: 'echo' }, [port2]);
      const got = [];
      port1.on('message', (event) => got.push(event.data));
      port1.start();
      port1.postMessage('late');
      await waitUntil(() => got.length === 2);
      assert.deepStrictEqual(got, [{ echo: 'early' }, { echo: 'late' }]);
      assert.throws(() => port1.postMessage('x', [port2]), /already neutered/);
    });

    it('go through ports', async () => {
      const child = fork('ports.js');
      const outer = new MessageChannelMain();
      const inner = new MessageChannelMain();
      child.postMessage({ do: 'echo' }, [outer.port2]);
      const answer = once(inner.port1, 'message');
      inner.port1.start();
      outer.port1.postMessage('deep', [inner.port2]);
      assert.deepStrictEqual((await answer)[0].data, { inner: 'deep' });
    });

    it('are closed for the other side when the child closes them, or ends', async () => {
      const child = fork('ports.js');
      const first = new MessageChannelMain();
      const closed = once(first.port1, 'close');
      child.postMessage({ do: 'close' }, [first.port2]);
      await closed;
      const second = new MessageChannelMain();
      const ended = once(second.port1, 'close');
      child.postMessage({ do: 'echo' }, [second.port2]);
      second.port1.start();
      second.port1.postMessage('x');
      await once(second.port1, 'message');
      child.kill();
      await ended;
    });

    it('tell the child that the other side was closed', async () => {
      const child = fork('ports.js');
      const { port1, port2 } = new MessageChannelMain();
      child.postMessage({ do: 'echo' }, [port2]);
      port1.postMessage('x');
      port1.close();
      assert.strictEqual(await nextMessage(child), 'closed');
    });

    it('go on from the child with what nobody took', async () => {
      const child = fork('ports.js');
      const kept = new MessageChannelMain();
      const carrier = new MessageChannelMain();
      child.postMessage({ do: 'keep' }, [kept.port2]);
      const nested = new MessageChannelMain();
      kept.port1.postMessage('first');
      kept.port1.postMessage('with a port', [nested.port2]);
      nested.port1.postMessage('for the port in it');
      assert.strictEqual(await nextMessage(child), 'kept');
      // These may be on their way when the port leaves the child.
      child.postMessage({ do: 'pass' }, [carrier.port2]);
      kept.port1.postMessage('third');
      const passed = once(carrier.port1, 'message');
      carrier.port1.start();
      const [event] = await passed;
      assert.strictEqual(event.data, 'passed');
      const got = [];
      event.ports[0].on('message', (each) => got.push(each));
      event.ports[0].start();
      kept.port1.postMessage('last');
      await waitUntil(() => got.length === 4);
      assert.deepStrictEqual(got.map(({ data }) => data), ['first', 'with a port', 'third', 'last']);
      const [inner] = got[1].ports;
      const late = once(inner, 'message');
      inner.start();
      assert.strictEqual((await late)[0].data, 'for the port in it');
      // The child is no longer in between.
      child.kill();
      await once(child, 'exit');
      kept.port1.postMessage('without the child');
      await waitUntil(() => got.length === 5);
    });

    it('refuse bad transfer lists in the child too', async () => {
      const child = fork('ports.js');
      const { port2 } = new MessageChannelMain();
      child.postMessage({ do: 'errors' }, [port2]);
      assert.deepStrictEqual(await nextMessage(child), [
        'Port at index 0 contains the source port.',
        'Port at index 0 is not a valid port',
        'transferables must be an array of MessagePorts',
        'none',
      ]);
    });

    it('lead from a page to the child', async () => {
      const child = fork('ports.js');
      ipcMain.on('port', (event) => child.postMessage({ do: 'echo' }, [event.ports[0]]));
      const got = [];
      ipcMain.on('answer', (_event, data) => got.push(data));
      await openWithPreload({
        preload: () => {
          const { ipcRenderer } = require('electron');
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = ({ data }) => {
            ipcRenderer.send('answer', data);
            if (data.echo === 1) port1.postMessage(2);
          };
          ipcRenderer.postMessage('port', null, [port2]);
          port1.postMessage(1);
        },
      });
      await waitUntil(() => got.length === 2);
      assert.deepStrictEqual(got, [{ echo: 1 }, { echo: 2 }]);
    });

    it('lead from one child to another', async () => {
      const [one, two] = [fork('ports.js'), fork('ports.js')];
      const { port1, port2 } = new MessageChannelMain();
      one.postMessage({ do: 'echo' }, [port1]);
      const back = new MessageChannelMain();
      // The second child keeps its end, and main takes it over again to talk to the first.
      two.postMessage({ do: 'keep' }, [port2]);
      assert.strictEqual(await nextMessage(two), 'kept');
      const passed = once(back.port1, 'message');
      back.port1.start();
      two.postMessage({ do: 'pass' }, [back.port2]);
      const [{ ports }] = await passed;
      const answer = once(ports[0], 'message');
      ports[0].start();
      ports[0].postMessage('hello');
      assert.deepStrictEqual((await answer)[0].data, { echo: 'hello' });
    });
  });
});
