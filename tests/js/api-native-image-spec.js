'use strict';

const { nativeImage } = require('electron');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** An image of one colour, given as BGRA. */
const solid = (width, height, bgra = [10, 20, 30, 255], options = {}) =>
  nativeImage.createFromBitmap(Buffer.from(Array(width * height).fill(bgra).flat()), { width, height, ...options });

const size = (width, height) => ({ width, height });

describe('nativeImage', () => {
  let folder;
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'images-'))));
  after(() => fs.rmSync(folder, { recursive: true }));

  /** Writes an image as a file and answers its path. */
  const file = (name, image) => {
    const target = path.join(folder, name);
    fs.writeFileSync(target, name.endsWith('.jpg') ? image.toJPEG(90) : image.toPNG());
    return target;
  };

  it('makes empty images', () => {
    const image = nativeImage.createEmpty();
    assert.strictEqual(image.isEmpty(), true);
    assert.deepStrictEqual(image.getSize(), size(0, 0));
    assert.strictEqual(image.getAspectRatio(), 1);
    assert.deepStrictEqual(image.getScaleFactors(), []);
    assert.strictEqual(image.toPNG().length, 0);
    assert.strictEqual(image.toJPEG(50).length, 0);
    assert.strictEqual(image.toBitmap().length, 0);
    assert.strictEqual(image.toDataURL(), 'data:image/png;base64,');
  });

  it('keeps pixels through PNG', () => {
    const image = solid(3, 2);
    const again = nativeImage.createFromBuffer(image.toPNG());
    assert.deepStrictEqual(again.getSize(), size(3, 2));
    assert.deepStrictEqual(again.toBitmap(), image.toBitmap());
    assert.strictEqual(image.toPNG().subarray(1, 4).toString(), 'PNG');
  });

  it('keeps alpha', () => {
    const image = solid(1, 1, [50, 0, 0, 100]);
    assert.deepStrictEqual([...nativeImage.createFromBuffer(image.toPNG()).toBitmap()], [50, 0, 0, 100]);
  });

  it('writes and reads JPEG', () => {
    const jpeg = solid(8, 8).toJPEG(90);
    assert.deepStrictEqual([...jpeg.subarray(0, 2)], [0xff, 0xd8]);
    const [blue, green, red, alpha] = nativeImage.createFromBuffer(jpeg).toBitmap();
    assert.ok(Math.abs(blue - 10) < 12 && Math.abs(green - 20) < 12 && Math.abs(red - 30) < 12 && alpha === 255);
    assert.throws(() => solid(1, 1).toJPEG(), TypeError);
  });

  it('writes and reads data URLs', () => {
    const image = solid(4, 4);
    const url = image.toDataURL();
    assert.ok(url.startsWith('data:image/png;base64,'));
    assert.deepStrictEqual(nativeImage.createFromDataURL(url).toBitmap(), image.toBitmap());
    for (const wrong of ['', 'data:,x', 'data:image/png;base64,AAAA', 'http://a/b.png', 'data:text/html;base64,AAAA']) {
      assert.strictEqual(nativeImage.createFromDataURL(wrong).isEmpty(), true, wrong);
    }
  });

  describe('createFromBitmap', () => {
    it('checks what it gets', () => {
      assert.throws(() => nativeImage.createFromBitmap(null, {}), { message: 'buffer must be a node Buffer' });
      assert.throws(() => nativeImage.createFromBitmap([12, 14], {}), { message: 'buffer must be a node Buffer' });
      assert.throws(() => nativeImage.createFromBitmap(Buffer.alloc(4), {}), { message: 'width is required' });
      assert.throws(() => nativeImage.createFromBitmap(Buffer.alloc(4), { width: 1 }), { message: 'height is required' });
      assert.throws(() => nativeImage.createFromBitmap(Buffer.alloc(3), { width: 1, height: 1 }), { message: 'invalid buffer size' });
      assert.throws(() => nativeImage.createFromBitmap(Buffer.alloc(4), { width: 2 ** 31, height: 2 ** 31 }), Error);
      assert.strictEqual(nativeImage.createFromBitmap(Buffer.alloc(0), { width: 0, height: 0 }).isEmpty(), true);
    });

    it('takes a scale factor', () => {
      const image = solid(4, 2, undefined, { scaleFactor: 2 });
      assert.deepStrictEqual(image.getScaleFactors(), [2]);
      assert.deepStrictEqual(image.getSize(), size(2, 1));
    });
  });

  describe('createFromBuffer', () => {
    it('makes an empty image of anything else', () => {
      assert.strictEqual(nativeImage.createFromBuffer(Buffer.from('not an image')).isEmpty(), true);
      assert.strictEqual(nativeImage.createFromBuffer(Buffer.alloc(0)).isEmpty(), true);
      assert.throws(() => nativeImage.createFromBuffer('text'), { message: 'buffer must be a node Buffer' });
    });

    it('takes pixels of a known size', () => {
      const image = nativeImage.createFromBuffer(Buffer.alloc(16, 255), { width: 2, height: 2 });
      assert.deepStrictEqual(image.getSize(), size(2, 2));
      assert.strictEqual(nativeImage.createFromBuffer(Buffer.alloc(15), { width: 2, height: 2 }).isEmpty(), true);
    });

    it('survives a header that lies', () => {
      const png = solid(2, 2).toPNG();
      png.writeUInt32BE(0x7fffffff, 16);
      png.writeUInt32BE(0x7fffffff, 20);
      assert.strictEqual(nativeImage.createFromBuffer(png).isEmpty(), true);
      for (let length = 0; length < png.length; length += 7) nativeImage.createFromBuffer(solid(2, 2).toPNG().subarray(0, length));
    });
  });

  describe('createFromPath', () => {
    it('makes an empty image of what it cannot read', () => {
      for (const name of ['', '/does/not/exist.png', folder, __filename]) {
        assert.strictEqual(nativeImage.createFromPath(name).isEmpty(), true, name);
      }
      assert.throws(() => nativeImage.createFromPath(), TypeError);
    });

    it('reads PNG and JPEG', () => {
      assert.deepStrictEqual(nativeImage.createFromPath(file('a.png', solid(5, 4))).getSize(), size(5, 4));
      assert.deepStrictEqual(nativeImage.createFromPath(file('a.jpg', solid(6, 4))).getSize(), size(6, 4));
    });

    it('finds the representations beside the file', () => {
      const name = file('icon.png', solid(4, 4));
      file('icon@2x.png', solid(8, 8));
      file('icon@1.5x.png', solid(6, 6));
      const image = nativeImage.createFromPath(name);
      assert.deepStrictEqual(image.getScaleFactors().sort(), [1, 1.5, 2]);
      assert.deepStrictEqual(image.getSize(), size(4, 4));
      assert.strictEqual(nativeImage.createFromBuffer(image.toPNG({ scaleFactor: 2 })).getSize().width, 8);
    });

    it('takes the factor from the name of the file itself', () => {
      const image = nativeImage.createFromPath(file('only@2x.png', solid(8, 8)));
      assert.deepStrictEqual(image.getScaleFactors(), [2]);
      assert.deepStrictEqual(image.getSize(), size(4, 4));
    });
  });

  describe('resize', () => {
    it('keeps the aspect ratio when one side is given', () => {
      const image = solid(20, 10);
      assert.deepStrictEqual(image.resize({ width: 10, height: 10 }).getSize(), size(10, 10));
      assert.deepStrictEqual(image.resize({ width: 10 }).getSize(), size(10, 5));
      assert.deepStrictEqual(image.resize({ height: 20 }).getSize(), size(40, 20));
      assert.deepStrictEqual(image.resize({}).getSize(), size(20, 10));
      assert.deepStrictEqual(image.getSize(), size(20, 10));
    });

    it('of every quality keeps one colour', () => {
      for (const quality of ['good', 'better', 'best']) {
        assert.deepStrictEqual([...solid(8, 8).resize({ width: 3, quality }).toBitmap().subarray(0, 4)], [10, 20, 30, 255]);
      }
    });

    it('to too much is refused (S42)', () => {
      for (const wrong of [{ width: 65_536 }, { width: 2 ** 32 + 1 }, { width: 65_535, height: 65_535 }, { height: Number.MAX_SAFE_INTEGER }]) {
        assert.throws(() => solid(2, 2).resize(wrong), RangeError);
      }
      for (const odd of [{ width: 1.5 }, { width: '3' }, { width: NaN }, { height: Infinity }]) {
        assert.deepStrictEqual(solid(2, 2).resize(odd).getSize(), size(2, 2));
      }
    });

    it('to nothing gives an empty image', () => {
      assert.strictEqual(solid(2, 2).resize({ width: 0, height: 0 }).isEmpty(), true);
      assert.strictEqual(solid(2, 2).resize({ width: -1, height: -1 }).isEmpty(), true);
    });
  });

  describe('crop', () => {
    it('cuts', () => {
      assert.deepStrictEqual(solid(9, 8).crop({ width: 3, height: 4, x: 1, y: 1 }).getSize(), size(3, 4));
    });

    it('stays inside the image', () => {
      assert.deepStrictEqual(solid(9, 8).crop({ width: 100, height: 100, x: 5, y: 5 }).getSize(), size(4, 3));
      assert.deepStrictEqual(solid(9, 8).crop({ width: 4, height: 4, x: -2, y: -2 }).getSize(), size(2, 2));
      assert.strictEqual(solid(9, 8).crop({ width: 4, height: 4, x: 20, y: 0 }).isEmpty(), true);
      assert.strictEqual(solid(9, 8).crop({ width: 0, height: 0, x: 0, y: 0 }).isEmpty(), true);
    });

    it('takes the right pixels', () => {
      const image = nativeImage.createFromBitmap(Buffer.from([1, 1, 1, 255, 2, 2, 2, 255]), size(2, 1));
      assert.deepStrictEqual([...image.crop({ x: 1, y: 0, width: 1, height: 1 }).toBitmap()], [2, 2, 2, 255]);
    });
  });

  describe('addRepresentation', () => {
    it('makes an empty image a picture', () => {
      const image = nativeImage.createEmpty();
      image.addRepresentation({ scaleFactor: 1, buffer: solid(2, 2).toPNG() });
      assert.strictEqual(image.isEmpty(), false);
      assert.deepStrictEqual(image.getSize(), size(2, 2));
    });

    it('takes buffers, data URLs and pixels', () => {
      const image = nativeImage.createEmpty();
      image.addRepresentation({ scaleFactor: 1, dataURL: solid(2, 2).toDataURL() });
      image.addRepresentation({ scaleFactor: 2, buffer: solid(4, 4).toPNG() });
      image.addRepresentation({ scaleFactor: 3, buffer: solid(6, 6).toBitmap(), width: 6, height: 6 });
      assert.deepStrictEqual(image.getScaleFactors(), [1, 2, 3]);
      assert.strictEqual(image.toBitmap({ scaleFactor: 3 }).length, 6 * 6 * 4);
    });

    it('leaves the image as it is when there is nothing to add', () => {
      const image = nativeImage.createEmpty();
      image.addRepresentation({ scaleFactor: 1, buffer: Buffer.from('no') });
      image.addRepresentation({ scaleFactor: 1, dataURL: 'nope' });
      image.addRepresentation({});
      assert.strictEqual(image.isEmpty(), true);
    });
  });

  it('knows macOS names on macOS only', () => {
    if (process.platform === 'darwin') return;
    assert.strictEqual(nativeImage.createFromNamedImage('NSActionTemplate').isEmpty(), true);
    const image = solid(1, 1);
    image.setTemplateImage(true);
    assert.strictEqual(image.isTemplateImage(), false);
    assert.throws(() => image.getNativeHandle(), { message: 'Not implemented' });
  });
});
