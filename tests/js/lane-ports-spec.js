'use strict';

// The table of message ports, against frames that no page of ours would send.

const assert = require('node:assert');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const load = (file) => import(pathToFileURL(path.join(__dirname, '..', '..', 'shell-js', file)).href);

describe('ports of hostile pages', () => {
  let table;
  let frames;
  let codec;
  let payload;

  before(async () => {
    table = await load('main/lane-ports.js');
    frames = await load('common/lane-frames.js');
    codec = await load('common/serialize.js');
    payload = await load('common/port-payload.js');
  });

  /** A document that keeps what it is sent. */
  const fakeDocument = (contentsId = 1) => ({
    contentsId,
    gone: false,
    hasIpc: true,
    sent: [],
    send(kind, id, bytes) {
      this.sent.push({ kind, id, bytes: bytes.slice() });
      return true;
    },
  });
  const bytesOf = (value, ids = [], received = 0) => payload.packPorts(ids.map((id) => ({ id, received })), codec.serialize(value));
  const say = (document, kind, id, data = new Uint8Array(0)) => table.portFrame(document, { kind, id, data });
  const message = (document, id, value, ids, received) => say(document, frames.FROM_PAGE.portMessage, id, bytesOf(value, ids, received));
  const valueOf = (bytes) => {
    try {
      return codec.deserialize(payload.valueOf(bytes));
    } catch {
      return null;
    }
  };

  /** A port of the main process that keeps what it hears. */
  const listener = (end) => {
    const heard = [];
    const receiver = {
      heard,
      deliver: ({ bytes, ends }) => heard.push({ data: valueOf(bytes), ends }),
      closed: () => heard.push('closed'),
      awaitsClose: () => true,
    };
    table.attach(end, receiver, true);
    return receiver;
  };
  /** What a page gets that is handed a port: the port's number. @param {any} end @param {any} document */
  const hand = (end, document) => {
    table.sendPortsTo(document, { bytes: bytesOf(['channel', null], [0]), ends: [end], sender: null });
    return payload.unpackPorts(document.sent.at(-1).bytes).ports[0].id;
  };
  const turn = () => new Promise(setImmediate);

  it('S10 a number of another document, a guessed or a forged one leads nowhere', async () => {
    const [mine, theirs] = [fakeDocument(1), fakeDocument(2)];
    const [left, right] = table.makeChannel();
    const main = listener(left);
    const id = hand(right, theirs);
    for (const guess of [id, 0, 1, 2, 3, 2 ** 31, 2 ** 32 - 1]) {
      message(mine, guess, 'forged');
      say(mine, frames.FROM_PAGE.portClosed, guess);
      say(mine, frames.FROM_PAGE.portReturned, guess, bytesOf('forged'));
    }
    for (const guess of [0, id + 1, id + 2, 2 ** 32 - 1]) {
      message(theirs, guess, 'forged');
      say(theirs, frames.FROM_PAGE.portClosed, guess);
    }
    await turn();
    assert.deepStrictEqual(main.heard, []);
    assert.deepStrictEqual(mine.sent, []);
    message(theirs, id, 'real');
    assert.deepStrictEqual(main.heard.map(({ data }) => data), ['real']);
  });

  it('S10 a port of another document cannot be handed over', () => {
    const [mine, theirs] = [fakeDocument(1), fakeDocument(2)];
    const [left, right] = table.makeChannel();
    const main = listener(left);
    const id = hand(right, theirs);
    assert.strictEqual(table.readPosted(mine, bytesOf(['channel', null], [id])), null);
    // It had one of that number itself, which is gone.
    const [own, given] = table.makeChannel();
    assert.strictEqual(hand(given, mine), id);
    table.closeEnd(own);
    say(mine, frames.FROM_PAGE.portClosed, id);
    const { ends } = table.readPosted(mine, bytesOf(['channel', null], [id]));
    table.post(ends[0], { bytes: bytesOf('to whom?'), ends: [], sender: null }, true);
    assert.ok(ends[0].ended, 'it is a closed port');
    message(theirs, id, 'still there');
    assert.deepStrictEqual(main.heard.map(({ data }) => data), ['still there']);
  });

  it('S10 a number is used once, and a message cannot carry a port twice, nor the one that it came through', () => {
    const document = fakeDocument();
    const first = table.readPosted(document, bytesOf(['channel', null], [5]));
    const port = listener(first.ends[0]);
    assert.strictEqual(table.readPosted(document, bytesOf(['channel', null], [7, 7])), null);
    assert.strictEqual(table.readPosted(document, bytesOf(['channel', null], [4])), null, 'the main process gives even numbers');
    message(document, 5, 'carries itself', [5]);
    message(document, 5, 'fine');
    assert.deepStrictEqual(port.heard.map(({ data }) => data), ['fine']);
    // What is named again is handed back, and a number below the last one is no new port.
    const again = table.readPosted(document, bytesOf(['channel', null], [3]));
    assert.ok(again.ends[0].ended);
    message(document, 3, 'nobody');
    const back = table.readPosted(document, bytesOf(['channel', null], [5]));
    message(document, 5, 'replayed');
    assert.deepStrictEqual(port.heard.map(({ data }) => data), ['fine']);
    table.post(back.ends[0], { bytes: bytesOf('from the new holder'), ends: [], sender: null }, true);
    assert.deepStrictEqual(port.heard.map(({ data }) => data), ['fine', 'from the new holder']);
  });

  it('S10 what a document has lost with its page leads nowhere', async () => {
    const document = fakeDocument();
    const [left, right] = table.makeChannel();
    const main = listener(left);
    const id = hand(right, document);
    document.gone = true;
    table.closePortsOf(document);
    message(document, id, 'late');
    await turn();
    assert.deepStrictEqual(main.heard, ['closed']);
  });

  it('S19 malformed payloads are dropped', () => {
    const document = fakeDocument();
    const { ends } = table.readPosted(document, bytesOf(['channel', null], [1]));
    const port = listener(ends[0]);
    for (const bytes of [[], [1], [0, 0, 0], [1, 0, 0, 0], [255, 255, 255, 255], [255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 9]]) {
      say(document, frames.FROM_PAGE.portMessage, 1, new Uint8Array(bytes));
      assert.strictEqual(table.readPosted(document, new Uint8Array(bytes)), null);
    }
    assert.deepStrictEqual(port.heard, []);
  });

  it('S10 a million ports of a page are not kept, and one warning is', () => {
    const document = fakeDocument();
    const { warn } = console;
    const warned = [];
    console.warn = (...args) => warned.push(args.join(' '));
    try {
      const kept = [];
      let refused = 0;
      for (let id = 1; id < 2_000_000; id += 2) {
        const read = table.readPosted(document, bytesOf(null, [id]));
        if (read === null) refused += 1;
        else kept.push(read);
      }
      assert.strictEqual(kept.length, 16384);
      assert.strictEqual(refused, 1_000_000 - 16384);
      assert.strictEqual(warned.length, 1);
      assert.match(warned[0], /more than 16384 message ports/);
      // One that is closed makes room.
      table.closeEnd(kept[0].ends[0]);
      say(document, frames.FROM_PAGE.portClosed, 1);
      assert.notStrictEqual(table.readPosted(document, bytesOf(null, [2_000_001])), null);
    } finally {
      console.warn = warn;
      table.closePortsOf(document);
    }
  });

  it('S10 what waits at ports that nobody starts is bounded, and is given back', () => {
    const document = fakeDocument();
    const { warn } = console;
    const warned = [];
    console.warn = (...args) => warned.push(args.join(' '));
    try {
      const { ends } = table.readPosted(document, bytesOf(null, [1]));
      const big = new Uint8Array(1 << 20);
      for (let i = 0; i < 300; i++) message(document, 1, big);
      assert.ok(ends[0].waiting.length < 256);
      assert.strictEqual(warned.length, 1);
      table.closeEnd(ends[0]);
      const next = table.readPosted(document, bytesOf(null, [3]));
      message(document, 3, big);
      assert.strictEqual(next.ends[0].waiting.length, 1);
    } finally {
      console.warn = warn;
      table.closePortsOf(document);
    }
  });

  it('S10 ports in messages that nobody takes are bounded too', () => {
    const document = fakeDocument();
    const { warn } = console;
    console.warn = () => {};
    try {
      const { ends } = table.readPosted(document, bytesOf(null, [1]));
      // Each takes a port back that the page holds, so that its table never fills.
      let id = 1;
      for (let i = 0; i < 80_000; i++) {
        id += 2;
        message(document, 1, null, [id]);
        message(document, 1, null, [id]);
      }
      assert.ok(ends[0].waiting.length < 70_000, `${ends[0].waiting.length} wait`);
    } finally {
      console.warn = warn;
      table.closePortsOf(document);
    }
  });

  it('S19 a chain of ports in ports does not end the stack', async () => {
    const document = fakeDocument();
    const { ends } = table.readPosted(document, bytesOf(null, [1]));
    // Each message carries the port through which the next one goes.
    let id = 1;
    for (let i = 0; i < 16_000; i++) {
      message(document, id, i, [id + 2]);
      id += 2;
    }
    const other = fakeDocument(2);
    hand(ends[0], other);
    assert.strictEqual(other.sent.length, 16_001);
    other.gone = true;
    table.closePortsOf(other);
    table.closePortsOf(document);
    await turn();
  });

  it('S10 a page that owes messages delays nobody for ever', async () => {
    const document = fakeDocument();
    const [left, right] = table.makeChannel();
    const id = hand(right, document);
    for (let i = 0; i < 3; i++) table.post(left, { bytes: bytesOf(i), ends: [], sender: null }, false);
    // It says that it got none of them, and sends one back only.
    const { ends } = table.readPosted(document, bytesOf(null, [id]));
    const port = listener(ends[0]);
    table.post(left, { bytes: bytesOf('behind'), ends: [], sender: null }, false);
    say(document, frames.FROM_PAGE.portReturned, id, bytesOf('returned'));
    await turn();
    assert.deepStrictEqual(port.heard, []);
    document.gone = true;
    table.closePortsOf(document);
    await turn();
    await turn();
    assert.deepStrictEqual(port.heard.map(({ data }) => data), ['returned', 'behind']);
  });

  it('S19 random frames do no harm, and whatever was given is given back', async () => {
    const seed = Number(process.env.SPEC_SEED ?? Date.now() % 1e9);
    let state = seed | 1;
    const below = (limit) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % limit;
    };
    const { warn } = console;
    console.warn = () => {};
    const documents = [1, 2, 3].map(fakeDocument);
    // What each document may be spoken to about.
    const names = new Map(documents.map((document) => [document, new Set()]));
    const ends = [];
    const receivers = [];
    const any = (list) => list[below(list.length)];
    const someId = (document) => (below(3) > 0 && names.get(document).size > 0 ? any([...names.get(document)]) : below(3) > 0 ? below(3000) : below(2 ** 32));
    const someIds = (document) => Array.from({ length: below(4) }, () => someId(document));
    const give = (end, document) => table.sendPortsTo(document, { bytes: bytesOf(null, [0]), ends: [table.detach(end)], sender: null });
    const learn = (document) => {
      for (const { kind, id, bytes } of document.sent) {
        if (kind !== frames.TO_PAGE.postMessage) assert.ok(names.get(document).has(id), `seed ${seed}: ${id} is none of its ports`);
        if (kind === frames.TO_PAGE.portClosed) continue;
        for (const port of payload.unpackPorts(bytes).ports) names.get(document).add(port.id);
      }
      document.sent.length = 0;
    };
    try {
      for (let i = 0; i < 60_000; i++) {
        const document = any(documents);
        const what = below(10);
        if (what < 4) {
          const ids = someIds(document);
          for (const id of ids) if (id % 2 === 1) names.get(document).add(id);
          message(document, someId(document), i, ids, below(4));
        } else if (what === 4) {
          const ids = someIds(document);
          const read = table.readPosted(document, bytesOf(i, ids, below(3)));
          if (read !== null) {
            for (const id of ids) if (id % 2 === 1) names.get(document).add(id);
            ends.push(...read.ends);
          }
        } else if (what === 5) {
          const ids = someIds(document);
          for (const id of ids) if (id % 2 === 1) names.get(document).add(id);
          say(document, frames.FROM_PAGE.portReturned, someId(document), bytesOf(i, ids));
        } else if (what === 6) {
          say(document, any([frames.FROM_PAGE.portClosed, frames.FROM_PAGE.portMessage]), someId(document), new Uint8Array([below(3), 0, 0, 0, below(256)]));
        } else if (what === 7) {
          const pair = table.makeChannel();
          give(pair[0], document);
          ends.push(pair[1]);
        } else if (ends.length > 0) {
          const [end] = ends.splice(below(ends.length), 1);
          if (below(3) === 0) table.closeEnd(end);
          else if (below(2) === 0) give(end, document);
          else {
            receivers.push(listener(end));
            table.post(end, { bytes: bytesOf('from main'), ends: [], sender: null }, false);
          }
        }
        for (const each of documents) learn(each);
        if (i % 1000 === 0) await turn();
      }
      for (const document of documents) {
        document.gone = true;
        table.closePortsOf(document);
      }
      for (const end of ends) table.closeEnd(end);
      for (let i = 0; i < 50; i++) await turn();
      assert.ok(receivers.length > 100 && receivers.some(({ heard }) => heard.some(({ data }) => typeof data === 'number')), `seed ${seed}`);
    } finally {
      console.warn = warn;
    }
  });

  it('a message between two pages is passed on as the bytes that came', () => {
    const [first, second] = [fakeDocument(1), fakeDocument(2)];
    const [left, right] = table.makeChannel();
    const from = hand(left, first);
    const to = hand(right, second);
    // No codec could read this.
    const data = payload.packPorts([{ id: 1, received: 0 }], new Uint8Array([250, 251, 252]));
    say(first, frames.FROM_PAGE.portMessage, from, data);
    const { kind, id, bytes } = second.sent.at(-1);
    assert.deepStrictEqual([kind, id], [frames.TO_PAGE.portMessage, to]);
    assert.deepStrictEqual([...payload.valueOf(bytes)], [250, 251, 252]);
    const [port] = payload.unpackPorts(bytes).ports;
    assert.strictEqual(port.id % 2, 0);
    message(second, port.id, 'back');
    assert.deepStrictEqual([first.sent.at(-1).id, valueOf(first.sent.at(-1).bytes)], [1, 'back']);
  });
});
