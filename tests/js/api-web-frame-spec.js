'use strict';

// `webFrame` and `process` of a preload, as far as they ask the shell.

const { ipcMain, webFrameMain } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once, waitUntil } = require('./helpers');
const { openWithPreload, pageFile } = require('./lane-helpers');

describe('webFrame', () => {
  afterEach(closeAllWindows);
  const native = process.env.SHELL_RENDERER_LANE === 'portable' ? it.skip : it;

  /** A page whose preload answers `run(body)`. @param {string} [html] @param {object} [webPreferences] */
  async function asking(html, webPreferences) {
    const window = await openWithPreload({
      preload: `const electron = require('electron');
        const { contextBridge, ipcRenderer, webFrame } = electron;
        ipcRenderer.on('run', async (event, body) => {
          try {
            ipcRenderer.send('ran', null, await new Function('electron', 'webFrame', 'process', 'ipcRenderer', 'return (' + body + ')()')(electron, webFrame, process, ipcRenderer));
          } catch (error) {
            ipcRenderer.send('ran', error.message);
          }
        });`,
      html,
      webPreferences,
    });
    const run = async (body) => {
      const answer = once(ipcMain, 'ran');
      window.webContents.send('run', `async ${body}`.replace('async async', 'async'));
      const [, error, value] = await answer;
      if (error !== null) throw new Error(error);
      return value;
    };
    return { window, run };
  }

  it('zooms its page', async () => {
    const { window, run } = await asking('<p>text</p>');
    assert.deepStrictEqual(await run(() => [webFrame.getZoomFactor(), webFrame.getZoomLevel()]), [1, 0]);
    assert.deepStrictEqual(await run(() => { webFrame.setZoomFactor(1.5); return webFrame.getZoomFactor(); }), 1.5);
    assert.strictEqual(window.webContents.getZoomFactor(), 1.5);
    await waitUntil(async () => Math.abs((await window.webContents.executeJavaScript('devicePixelRatio')) - 1.5) < 0.01 || (await window.webContents.executeJavaScript('innerWidth')) < 700);
    assert.deepStrictEqual(await run(() => { webFrame.setZoomLevel(-1); return [webFrame.getZoomLevel(), Math.round(webFrame.getZoomFactor() * 1000)]; }), [-1, 833]);
    await assert.rejects(run(() => webFrame.setZoomFactor(0)), /'zoomFactor' must be a double greater than 0.0/);
    await assert.rejects(run(() => webFrame.setZoomLevel('1')), /conversion failure/);
    window.webContents.setZoomFactor(1);
  });

  it('inserts style sheets that the page does not see', async () => {
    const { window, run } = await asking('<p id="p">text</p>');
    const color = () => window.webContents.executeJavaScript('getComputedStyle(p).color');
    const key = await run(() => webFrame.insertCSS('#p { color: rgb(1, 2, 3) }'));
    assert.strictEqual(typeof key, 'string');
    await waitUntil(async () => (await color()) === 'rgb(1, 2, 3)');
    assert.deepStrictEqual(await window.webContents.executeJavaScript('[document.styleSheets.length, document.adoptedStyleSheets.length]'), [0, 0]);
    await run(`() => webFrame.removeInsertedCSS(${JSON.stringify(key)})`);
    await waitUntil(async () => (await color()) === 'rgb(0, 0, 0)');
    await run(() => webFrame.removeInsertedCSS('css-of-nobody'));
  });

  it('types at the caret', async () => {
    const { window, run } = await asking('<input id="i" value="ab">');
    await window.webContents.executeJavaScript('i.focus(); i.setSelectionRange(1, 1)');
    await run(() => webFrame.insertText('\u00fc"\'x'));
    assert.strictEqual(await window.webContents.executeJavaScript('i.value'), 'a\u00fc"\'xb');
  });

  // The other lane knows main frames only.
  it('knows the frames of its page', async () => {
    const inner = `file://${pageFile('<p>inner</p><script>window.mine = 5</script>')}`;
    const { window, run } = await asking(`<iframe name="one" id="a" src="${inner}"></iframe><iframe name="two" srcdoc="second"></iframe>`);
    const { frames } = window.webContents.mainFrame;
    await waitUntil(() => frames.length === 2);
    const found = await run(async () => {
      const first = webFrame.firstChild;
      const second = first.nextSibling;
      return {
        self: [webFrame.top === webFrame, webFrame.parent, webFrame.nextSibling, webFrame.opener, webFrame.findFrameByToken(webFrame.frameToken) === webFrame],
        tree: [first.parent === webFrame, first.top === webFrame, second.nextSibling, first.firstChild, second.parent === webFrame],
        look: [
          webFrame.getFrameForSelector('#a') === first, webFrame.getFrameForSelector('#none'), webFrame.getFrameForSelector('body'), webFrame.findFrameByName('two') === second,
          webFrame.findFrameByName('three'), webFrame.findFrameByToken('x'), webFrame.findFrameByRoutingId(first.routingId) === first,
        ],
        tokens: [first.frameToken, second.frameToken],
        values: [await first.executeJavaScript('mine'), await second.executeJavaScript('document.body.textContent'), await first.executeJavaScript('throw 1').catch((error) => error.message.slice(0, 24))],
        refused: (() => { try { first.insertCSS('p {}'); } catch (error) { return error.message; } })(),
      };
    });
    assert.deepStrictEqual(found.self, [true, null, null, null, true]);
    assert.deepStrictEqual(found.tree, [true, true, null, null, true]);
    assert.deepStrictEqual(found.look, [true, null, null, true, null, null, true]);
    assert.deepStrictEqual(found.tokens, ['one', 'two'].map((name) => frames.find((frame) => frame.name === name).frameToken));
    assert.deepStrictEqual(found.values, [5, 'second', 'Script failed to execute']);
    assert.strictEqual(found.refused, 'webFrame.insertCSS of another frame is not implemented on linux yet');
    assert.ok(webFrameMain);
  });

  // There every script is run by the engine, which takes it for the user's wish.
  native('runs scripts as the user\'s wish, and the main process does too', async () => {
    const active = 'navigator.userActivation.isActive';
    const asked = [
      [false, (window) => window.webContents.executeJavaScript(active)],
      [true, (window) => window.webContents.executeJavaScript(active, true)],
      [false, (window) => window.webContents.mainFrame.executeJavaScript(active)],
      [true, (window) => window.webContents.mainFrame.executeJavaScript(active, true)],
      [true, (window) => window.webContents.executeJavaScriptInIsolatedWorld(5, [{ code: active }], true)],
      [false, (_window, run) => run(() => webFrame.executeJavaScript('navigator.userActivation.isActive'))],
      [true, (_window, run) => run(() => webFrame.executeJavaScript('navigator.userActivation.isActive', true))],
      [true, (_window, run) => run(() => new Promise((resolve) => { webFrame.executeJavaScriptInIsolatedWorld(5, [{ code: 'navigator.userActivation.isActive' }], true, resolve); }))],
    ];
    const found = [];
    for (const [, ask] of asked) {
      const { window, run } = await asking();
      found.push(await ask(window, run));
    }
    assert.deepStrictEqual(found, asked.map(([expected]) => expected));
  });

  it('is there in frames with a preload', async () => {
    const told = new Promise((resolve) => {
      const all = [];
      ipcMain.on('frame', (event, value) => { if (all.push(value) === 2) resolve(all); });
    });
    const window = await openWithPreload({
      preload: `const { ipcRenderer, webFrame } = require('electron');
        addEventListener('load', () => ipcRenderer.send('frame', [webFrame.parent === null, webFrame.top === webFrame, webFrame.parent?.firstChild === webFrame, webFrame.frameToken]));`,
      html: '<iframe srcdoc="<p>inner</p>"></iframe>',
      webPreferences: { nodeIntegrationInSubFrames: true },
    });
    const all = await told;
    ipcMain.removeAllListeners('frame');
    const main = all.find(([isMain]) => isMain);
    const sub = all.find(([isMain]) => !isMain);
    assert.deepStrictEqual(main.slice(0, 3), [true, true, false]);
    assert.deepStrictEqual(sub.slice(0, 3), [false, false, true]);
    assert.strictEqual(main[3], window.webContents.mainFrame.frameToken);
  });

  it('of Electron without a counterpart refuses', async () => {
    const { run } = await asking();
    const texts = await run(() => ['setVisualZoomLevelLimits', 'setSpellCheckProvider', 'getResourceUsage', 'clearCache', 'isWordMisspelled', 'getWordSuggestions'].map((name) => {
      try {
        return webFrame[name]('x');
      } catch (error) {
        return error.message;
      }
    }));
    for (const text of texts) assert.match(text, /^webFrame\.\w+ is not implemented on linux yet$/);
  });

  it('prompt() throws in both worlds', async () => {
    const { window, run } = await asking();
    const code = "(() => { try { return prompt('x'); } catch (error) { return [error.constructor === Error, error.message]; } })()";
    assert.deepStrictEqual(await window.webContents.executeJavaScript(code), [true, 'prompt() is not supported.']);
    assert.deepStrictEqual(await run(`() => ${code}`), [true, 'prompt() is not supported.']);
  });

  it('process tells of its process and of the system', async () => {
    const { window, run } = await asking();
    const told = await run(async () => ({
      first: process.getCPUUsage(),
      second: (() => {
        // The system counts in ticks, and on a machine with other work it may take a while until one is this process's.
        for (;;) {
          for (const end = performance.now() + 60; performance.now() < end;);
          const usage = process.getCPUUsage();
          if (usage.percentCPUUsage > 0) return usage;
        }
      })(),
      memory: await process.getProcessMemoryInfo(), system: process.getSystemMemoryInfo(), version: process.getSystemVersion(),
      created: process.getCreationTime(), uptime: process.uptime(),
    }));
    const os = require('node:os');
    assert.strictEqual(told.first.percentCPUUsage, 0);
    assert.ok(told.second.percentCPUUsage > 0 && told.second.percentCPUUsage <= 100 * os.cpus().length, `${told.second.percentCPUUsage}`);
    assert.ok(told.second.cumulativeCPUUsage > 0);
    assert.ok(told.memory.residentSet > 10_000 && told.memory.private > 1000 && told.memory.shared > 1000, JSON.stringify(told.memory));
    assert.ok(Math.abs(told.system.total - os.totalmem() / 1024) < 2);
    assert.strictEqual(told.version, os.release());
    assert.ok(told.created < Date.now() && told.created > Date.now() - 600_000 && told.uptime > 0 && told.uptime < 600, `${told.created} ${told.uptime}`);
    const gone = once(window.webContents, 'render-process-gone');
    window.webContents.send('run', '() => process.crash()');
    await gone;
  });
});
