'use strict';

const assert = require('node:assert');
const { closeAllWindows, once, openPage } = require('./helpers');

describe('media of a page', () => {
  afterEach(closeAllWindows);

  /** A page with a second of silence. */
  async function player() {
    const samples = 8000;
    const header = Buffer.alloc(44);
    header.write('RIFF', 0);
    header.writeUInt32LE(36 + samples, 4);
    header.write('WAVEfmt ', 8);
    header.writeUInt32LE(16, 16);
    header.writeUInt16LE(1, 20);
    header.writeUInt16LE(1, 22);
    header.writeUInt32LE(8000, 24);
    header.writeUInt32LE(8000, 28);
    header.writeUInt16LE(1, 32);
    header.writeUInt16LE(8, 34);
    header.write('data', 36);
    header.writeUInt32LE(samples, 40);
    const wave = Buffer.concat([header, Buffer.alloc(samples, 128)]).toString('base64');
    const window = await openPage(`<audio id="sound" loop muted src="data:audio/wav;base64,${wave}"></audio>`, { show: true });
    return { window, webContents: window.webContents };
  }

  it('media-started-playing and media-paused, once for each element', async () => {
    const { webContents } = await player();
    const names = [];
    for (const name of ['media-started-playing', 'media-paused']) webContents.on(name, () => names.push(name));
    for (let round = 0; round < 2; round++) {
      const started = once(webContents, 'media-started-playing');
      await webContents.executeJavaScript('sound.play()');
      await started;
      const paused = once(webContents, 'media-paused');
      await webContents.executeJavaScript('sound.pause()');
      await paused;
    }
    assert.deepStrictEqual(names, ['media-started-playing', 'media-paused', 'media-started-playing', 'media-paused']);
  });

  it('a page that leaves stops, and one that pretends is not believed', async () => {
    const { webContents } = await player();
    let count = 0;
    webContents.on('media-started-playing', () => count++);
    await webContents.executeJavaScript('sound.dispatchEvent(new Event("playing")); null');
    const started = once(webContents, 'media-started-playing');
    await webContents.executeJavaScript('sound.play()');
    await started;
    assert.strictEqual(count, 1);
    const paused = once(webContents, 'media-paused');
    await webContents.loadURL('data:text/html,gone');
    await paused;
    assert.strictEqual(webContents.isCurrentlyAudible(), false);
  });
});
