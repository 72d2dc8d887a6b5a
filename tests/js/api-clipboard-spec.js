'use strict';

const { ClipboardItem, clipboard, nativeImage } = require('electron');
const assert = require('node:assert');

const textOf = async (item, type) => (await item.getType(type)).text();

describe('clipboard', () => {
  it('keeps text', async () => {
    for (const text of ['plain', 'a\nb\tc', '\u{1f600} \u05d0 \u0623', 'x'.repeat(100_000)]) {
      await clipboard.writeText(text);
      assert.strictEqual(await clipboard.readText(), text);
    }
  });

  it('takes text of any kind and length (S42)', async () => {
    for (const text of ['', '\u202e rtl <b>&amp;', 'y'.repeat(1024 * 1024)]) {
      await clipboard.writeText(text);
      assert.strictEqual(await clipboard.readText(), text);
    }
    await clipboard.writeText('a\0b');
    assert.ok(['a', 'a\0b', 'ab'].includes(await clipboard.readText()));
    await clipboard.writeText('\ud800');
    assert.strictEqual((await clipboard.readText()).length, 1);
  });

  it('wants text to be a string', async () => {
    await assert.rejects(clipboard.writeText(5), TypeError);
    await assert.rejects(clipboard.writeText(), TypeError);
  });

  it('tells what it has', async () => {
    await clipboard.writeText('hello');
    assert.strictEqual(await clipboard.has('text/plain'), true);
    assert.strictEqual(await clipboard.has('image/png'), false);
  });

  it('is emptied', async () => {
    await clipboard.writeText('hello');
    clipboard.clear();
    assert.strictEqual(await clipboard.readText(), '');
    assert.strictEqual(await clipboard.has('text/plain'), false);
  });

  it('keeps several forms of one entry', async () => {
    await clipboard.write([new ClipboardItem({ 'text/plain': 'hello', 'text/html': '<b>hello</b>' })]);
    const [item] = await clipboard.read();
    assert.ok(item.types.includes('text/plain') && item.types.includes('text/html'), item.types.join());
    assert.strictEqual(await textOf(item, 'text/plain'), 'hello');
    assert.match(await textOf(item, 'text/html'), /<b>hello<\/b>/);
  });

  it('keeps rich text', async () => {
    const rtf = '{\\rtf1\\ansi{\\fonttbl\\f0\\fswiss Helvetica;}\\f0\\pard {\\b bold}\\par}';
    await clipboard.write([new ClipboardItem({ 'text/rtf': rtf })]);
    const [item] = await clipboard.read();
    assert.strictEqual(await textOf(item, 'text/rtf'), rtf);
  });

  it('keeps pictures', async () => {
    const image = nativeImage.createFromBitmap(Buffer.from([10, 20, 30, 255, 40, 50, 60, 255]), { width: 2, height: 1 });
    await clipboard.write([new ClipboardItem({ 'image/png': new Blob([image.toPNG()]) })]);
    const [item] = await clipboard.read();
    assert.ok(item.types.includes('image/png'), item.types.join());
    const png = Buffer.from(await (await item.getType('image/png')).arrayBuffer());
    assert.deepStrictEqual(nativeImage.createFromBuffer(png).toBitmap(), image.toBitmap());
  });

  it('waits for promises and blobs', async () => {
    await clipboard.write([new ClipboardItem({ 'text/plain': Promise.resolve(new Blob(['late'])) })]);
    assert.strictEqual(await clipboard.readText(), 'late');
  });

  it('refuses what it cannot write', async () => {
    await assert.rejects(clipboard.write('x'), { name: 'TypeError', message: 'clipboard.write expects an array of ClipboardItem' });
    await assert.rejects(clipboard.write([{}]), { name: 'TypeError', message: 'clipboard.write expects an array of ClipboardItem' });
    await assert.rejects(clipboard.write([new ClipboardItem({ 'text/plain': 5 })]), TypeError);
    await assert.rejects(clipboard.write([new ClipboardItem({ 'image/png': 'text' })]), /is not an image/);
    await clipboard.writeText('x');
    await assert.rejects(clipboard.read().then((items) => clipboard.write(items)), TypeError);
    const bookmark = new ClipboardItem({ 'electron application/bookmark': { title: 'a', url: 'https://a' } });
    await assert.rejects(clipboard.write([bookmark]), /is not implemented on/);
  });

  it('has a selection on Linux only', async () => {
    if (process.platform !== 'linux') {
      assert.strictEqual(clipboard.selection, undefined);
      return;
    }
    await clipboard.writeText('clipboard');
    await clipboard.selection.writeText('selection');
    assert.strictEqual(await clipboard.selection.readText(), 'selection');
    assert.strictEqual(await clipboard.readText(), 'clipboard');
  });
});

describe('ClipboardItem', () => {
  it('wants an object with a type', () => {
    for (const wrong of [undefined, null, 5, [], {}]) assert.throws(() => new ClipboardItem(wrong), TypeError);
  });

  it('gives back what it was made of', async () => {
    const item = new ClipboardItem({ 'text/plain': 'a', 'text/html': new Blob(['b']) });
    assert.deepStrictEqual(item.types, ['text/plain', 'text/html']);
    assert.strictEqual(await textOf(item, 'text/plain'), 'a');
    assert.strictEqual((await item.getType('text/plain')).type, 'text/plain');
    assert.strictEqual(await textOf(item, 'text/html'), 'b');
    await assert.rejects(item.getType('image/png'), /was not found/);
    await assert.rejects(item.getType('toString'), /was not found/);
  });
});
