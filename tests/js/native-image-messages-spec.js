'use strict';

// Images in messages, and `nativeImage` of preloads.

const { ipcMain, nativeImage } = require('electron');
const assert = require('node:assert');
const { closeAllWindows } = require('./helpers');
const { openWithPreload } = require('./lane-helpers');

/** An image of one colour, given as BGRA, in two scale factors. */
function picture() {
  const pixels = (count, bgra) => Buffer.from(Array(count).fill(bgra).flat());
  const image = nativeImage.createFromBitmap(pixels(6, [10, 20, 30, 255]), { width: 3, height: 2 });
  image.addRepresentation({ scaleFactor: 2, width: 6, height: 4, buffer: pixels(24, [40, 50, 60, 255]) });
  return image;
}

describe('nativeImage in messages', () => {
  let window;
  before(async () => {
    window = await openWithPreload({
      preload: () => {
        const { ipcRenderer, nativeImage } = require('electron');
        ipcRenderer.on('echo', (_event, ...args) => ipcRenderer.send('echoed', ...args));
        ipcRenderer.on('run', async (_event, code, ...args) => {
          try {
            ipcRenderer.send('ran', null, await new Function('nativeImage', 'Buffer', 'ipcRenderer', 'args', `return (${code});`)(nativeImage, Buffer, ipcRenderer, args));
          } catch (error) {
            ipcRenderer.send('ran', `${error}`);
          }
        });
      },
    });
  });
  after(closeAllWindows);

  const next = (channel) => new Promise((resolve) => ipcMain.once(channel, (_event, ...args) => resolve(args)));
  /** The value of an expression in the preload. */
  async function run(code, ...args) {
    const ran = next('ran');
    window.webContents.send('run', code, ...args);
    const [error, value] = await ran;
    if (error !== null) throw new Error(error);
    return value;
  }

  it('keeps every scale factor and identity there and back', async () => {
    const echoed = next('echoed');
    const image = picture();
    window.webContents.send('echo', image, { list: [image] }, nativeImage.createEmpty());
    const [first, { list }, empty] = await echoed;
    assert.strictEqual(list[0], first);
    assert.strictEqual(first.constructor, image.constructor);
    assert.deepStrictEqual(first.getScaleFactors(), [1, 2]);
    for (const scaleFactor of [1, 2]) assert.deepStrictEqual(first.toBitmap({ scaleFactor }), image.toBitmap({ scaleFactor }));
    assert.deepStrictEqual(first.getSize(), { width: 3, height: 2 });
    assert.strictEqual(empty.isEmpty(), true);
  });

  it('tells preloads what an image is', async () => {
    const code = '[args[0].isEmpty(), args[0].getSize(), args[0].getSize(2), args[0].getAspectRatio(), args[0].getScaleFactors(), args[0].isTemplateImage(), nativeImage.createEmpty().isEmpty(), nativeImage.createEmpty().getSize()]';
    assert.deepStrictEqual(await run(code, picture()), [false, { width: 3, height: 2 }, { width: 3, height: 2 }, 1.5, [1, 2], false, true, { width: 0, height: 0 }]);
  });

  it('encodes and decodes in preloads', async () => {
    const image = picture();
    assert.strictEqual(await run('args[0].toDataURL()', image), image.toDataURL());
    const [png, isBuffer, bitmap, jpeg] = await run('[args[0].toPNG({ scaleFactor: 2 }), Buffer.isBuffer(args[0].toPNG()), args[0].toBitmap(), args[0].toJPEG(90)]', image);
    assert.deepStrictEqual(Buffer.from(png), image.toPNG({ scaleFactor: 2 }));
    assert.ok(isBuffer);
    assert.deepStrictEqual(Buffer.from(bitmap), image.toBitmap());
    assert.deepStrictEqual([...jpeg.subarray(0, 2)], [0xff, 0xd8]);
    const made = await run('[nativeImage.createFromDataURL(args[0]), nativeImage.createFromBuffer(Buffer.from(args[1]), { scaleFactor: 2 }), nativeImage.createFromBitmap(Buffer.from(args[2]), { width: 3, height: 2 })]',
      image.toDataURL(), image.toPNG(), image.toBitmap());
    for (const copy of made) assert.deepStrictEqual(copy.toBitmap({ scaleFactor: copy.getScaleFactors()[0] }), image.toBitmap());
    assert.deepStrictEqual(made[1].getScaleFactors(), [2]);
  });

  it('scales, cuts and adds in preloads', async () => {
    const code = '[args[0].resize({ width: 6 }).getSize(), args[0].crop({ x: 1, y: 0, width: 1, height: 1 }).getSize(), (args[0].addRepresentation({ scaleFactor: 3, dataURL: args[1] }), args[0].getScaleFactors())]';
    assert.deepStrictEqual(await run(code, picture(), picture().toDataURL()), [{ width: 6, height: 4 }, { width: 1, height: 1 }, [1, 2, 3]]);
  });

  it('throws in preloads what it throws in the main process', async () => {
    await assert.rejects(run("nativeImage.createFromBitmap(Buffer.alloc(3), { width: 1, height: 1 })"), { message: 'Error: invalid buffer size' });
    await assert.rejects(run('args[0].toJPEG()', picture()), /TypeError/);
    await assert.rejects(run("nativeImage.createFromPath('/x.png')"), /not implemented/);
    await assert.rejects(run('new args[0].constructor()', picture()), /Illegal constructor/);
  });
});
