'use strict';

// What the bridge makes is collected on both sides. The engine has no function that collects; garbage makes it do so.

const assert = require('node:assert');
const { closeAllWindows } = require('./helpers');
const { openWithPreload } = require('./lane-helpers');

describe('contextBridge', function () {
  afterEach(closeAllWindows);
  const portable = process.env.SHELL_RENDERER_LANE === 'portable';

  // FIXME: on the portable lane WebKitGTK ends no turn in some documents (about one of five), so that it runs no finaliser and what they would let go
  // stays as long as the document (docs/lanes.md).
  (portable ? it.skip : it)('holds neither functions nor promises nor objects that nobody uses', async () => {
    const window = await openWithPreload({
      preload: `const refs = { given: [], proxies: [], promises: [], objects: [], copies: [] };
        const note = (list, value) => { refs[list].push(new WeakRef(value)); return value; };
        require('electron').contextBridge.exposeInMainWorld('api', {
          give: () => note('given', () => 1), take: (f) => { note('proxies', f); }, object: (value) => { note('objects', value); },
          pending: () => note('promises', new Promise(() => {})), settled: async () => note('copies', {}), wait: (promise) => { note('promises', promise); },
          alive: () => Object.fromEntries(Object.entries(refs).map(([name, list]) => [name, list.filter((ref) => ref.deref() !== undefined).length])),
        });`,
    });
    const counts = await window.webContents.executeJavaScript(`(async () => {
      const { port1, port2 } = new MessageChannel();
      const turn = () => new Promise((resolve) => {
        port1.onmessage = () => resolve();
        port2.postMessage(0);
      });
      const refs = { proxies: [], functions: [], promises: [], own: [] };
      const kept = [];
      const one = (i) => {
        const given = api.give();
        refs.proxies.push(new WeakRef(given));
        const mine = () => i;
        refs.functions.push(new WeakRef(mine));
        api.take(mine);
        api.object({ i, mine });
        refs.promises.push(new WeakRef(api.pending()));
        const promise = new Promise(() => {});
        refs.own.push(new WeakRef(promise));
        api.wait(promise);
        api.settled();
        // What is still used stays.
        if (i % 100 === 0) kept.push(given);
      };
      for (let i = 0; i < 1000; i++) {
        one(i);
        if (i % 100 === 0) await turn();
      }
      const alive = () => ({ ...api.alive(), ...Object.fromEntries(Object.entries(refs).map(([name, list]) => ['page ' + name, list.filter((ref) => ref.deref() !== undefined).length])) });
      let last;
      for (let round = 0; round < 100; round++) {
        let garbage = [];
        // Enough of it at a time that the whole heap is looked at, and not only its young part.
        for (let i = 0; i < 100000; i++) garbage.push({ i, list: new Array(20).fill(i) });
        garbage = null;
        await turn();
        last = alive();
        if (Object.values(last).every((count) => count < 60)) break;
        // What a reference gave is alive until the turn ends.
        await turn();
      }
      return [last, kept.length, kept.every((f) => f() === 1)];
    })()`);
    const [alive, kept, works] = counts;
    for (const [name, count] of Object.entries(alive)) assert.ok(count < 60, `${JSON.stringify(alive)} ${name}: ${count} of 1000 are alive`);
    assert.ok(alive.given >= 10 && alive['page proxies'] >= 10, JSON.stringify(alive));
    assert.deepStrictEqual([kept, works], [10, true]);
  });
});
