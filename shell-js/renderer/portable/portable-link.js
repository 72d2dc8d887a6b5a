// The portable lane's end of a document, in the isolated world: script messages for what is small, requests to the shell's scheme for the
// rest. Both carry the document's token and numbered frames, out of which the host makes one stream again.
//
// The host's frames come in scripts. Where it runs none in sub-frames, they are the answers to a message that such a document always has open. A worker
// has neither: it sends requests only, and the host's frames are the answers to one that it keeps open.

const TOKEN_LENGTH = 16;
const HEAD_LENGTH = 16;
const NEWS_HEAD_LENGTH = 12;
// Above this a request is faster than a text of one character for each byte.
const MAX_TEXT = 32 << 10;
const TEXT_PIECE = 8192;
// With so much on its way, the page waits for the host to take what it sends.
const MOST_UNDER_WAY = 2 << 20;
// A script of the page may stop all loads, ours among them: they are repeated, but not for ever.
const MOST_REPEATS = 100;

// A frame has none in a shadow tree.
const NO_SLOT = 0xffff;
// What is answered to a document whose view the host does not know from its messages.
const WHO = 'who';

const { fromCharCode } = String;
const indirectEval = eval;
/** @type {any} */
const { XMLHttpRequest: RequestCtor } = globalThis;

/** @param {string} hex */
const bytesOfHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (digits) => parseInt(digits, 16));

/** @param {Uint8Array} bytes */
const hexOfBytes = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** One character for each byte; zero, which would end the text for the host, is U+0100. @param {Uint8Array} bytes */
function textOfBytes(bytes) {
  let text = '';
  const codes = new Uint16Array(TEXT_PIECE);
  for (let at = 0; at < bytes.length; at += TEXT_PIECE) {
    const count = Math.min(TEXT_PIECE, bytes.length - at);
    for (let i = 0; i < count; i++) codes[i] = bytes[at + i] || 0x100;
    text += fromCharCode.apply(null, count === TEXT_PIECE ? codes : codes.subarray(0, count));
  }
  return text;
}

/** The low byte of each character. @param {string} text @returns {Uint8Array} */
function bytesOfText(text) {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** @param {Uint8Array[]} parts @returns {Uint8Array<ArrayBuffer>} */
export function joinPayloads(parts) {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A text as the host reads it: u32 length, UTF-8. @param {string} text @returns {Uint8Array} */
export function textPayload(text) {
  const utf8 = new TextEncoder().encode(text);
  return joinPayloads([u32Payload(utf8.length), utf8]);
}

/** @param {number} value @returns {Uint8Array} */
export function u32Payload(value) {
  return new Uint8Array([value, value >> 8, value >> 16, value >> 24]);
}

// What tells a frame from others of its parent, for documents of every origin: how many older ones there are.
function slotOf(frame) {
  const { parent } = frame;
  for (let i = 0; i < parent.length; i++) if (parent[i] === frame) return i;
  return NO_SLOT;
}

// A rejection would be shown to the page.
function runAnswer(code) {
  try {
    indirectEval(code);
  } catch (error) {
    console.error(error);
  }
}

/** The way from the main frame to this one: a slot for each frame, none for the main frame; then how many frames its parent has. @returns {Uint8Array} */
export function placePayload() {
  const slots = [];
  /** @type {any} */
  let frame = window;
  for (; frame !== frame.parent && frame.parent !== null; frame = frame.parent) slots.unshift(slotOf(frame));
  return new Uint8Array([slots.length, ...slots, window.parent?.length ?? 0].flatMap((number) => [number, number >> 8]));
}

/**
 * @param {string} secret The view's, which opens a document.
 * @param {string} address Where requests go.
 * @param {((text: string) => void) | null} post Sends a script message; null where there are none.
 */
export function createLink(secret, address, post) {
  let token = new Uint8Array(0);
  // In a header that may cross origins unasked: the host looks at nothing else of a request that lacks it.
  let key = secret;
  let sequence = 0;
  let lastRequest = 1;
  let open = false;
  /** Frames whose requests are under way. @type {Map<number, Uint8Array>} */
  const underWay = new Map();
  /** Of requests and of script messages that nothing has told of, and of these alone. */
  let underWayBytes = 0;
  let postedBytes = 0;
  /** What has arrived and is not delivered, because something before it is being fetched. @type {{kind: number, id: number, bytes: Uint8Array | null}[]} */
  const arrived = [];
  let delivering = false;
  /** @type {((kind: number, id: number, bytes: Uint8Array) => void) | null} */
  let onFrame = null;
  let beforeSending = () => {};

  // The answer of a request that the page waits for, or null. The engine gives texts only, of characters whose low byte is the byte.
  function ask(path, body) {
    const request = new RequestCtor();
    request.open('POST', address + path, false);
    request.setRequestHeader('Accept', key);
    request.overrideMimeType('text/plain; charset=x-user-defined');
    try {
      request.send(body);
    } catch {
      return null;
    }
    return request.status === 200 ? bytesOfText(request.responseText) : null;
  }

  function request(path, body, onAnswer, repeats = 0, as = key) {
    const sent = new RequestCtor();
    sent.open('POST', address + path);
    sent.setRequestHeader('Accept', as);
    sent.responseType = 'arraybuffer';
    sent.onloadend = () => {
      if (sent.status === 200) onAnswer(new Uint8Array(sent.response));
      else if (open && repeats < MOST_REPEATS) setTimeout(() => request(path, body, onAnswer, repeats + 1, as), repeats);
      else onAnswer(null);
    };
    sent.send(body);
  }

  // A request with one frame, behind what else goes along.
  function bodyOf(kind, id, bytes, others = []) {
    sequence += 1;
    let at = TOKEN_LENGTH;
    for (const other of others) at += other.length;
    const body = new Uint8Array(at + HEAD_LENGTH + bytes.length);
    const view = new DataView(body.buffer, at);
    view.setUint32(0, sequence, true);
    body[at + 4] = kind;
    view.setUint32(8, id, true);
    view.setUint32(12, bytes.length, true);
    body.set(bytes, at + HEAD_LENGTH);
    body.set(token, 0);
    at = TOKEN_LENGTH;
    for (const other of others) {
      body.set(other, at);
      at += other.length;
    }
    return body;
  }

  function send(kind, id, bytes) {
    if (!open) return false;
    beforeSending();
    const body = bodyOf(kind, id, bytes);
    underWayBytes += body.length;
    if (underWayBytes > MOST_UNDER_WAY && ask('post', body.subarray(TOKEN_LENGTH)) !== null) {
      // Script messages that came before it have arrived; requests tell of themselves, which takes until the page's script is done.
      underWayBytes -= body.length + postedBytes;
      postedBytes = 0;
      return true;
    }
    if (post !== null && body.length <= MAX_TEXT) {
      postedBytes += body.length;
      post(textOfBytes(body));
      return true;
    }
    const number = sequence;
    underWay.set(number, body.subarray(TOKEN_LENGTH));
    request('post', body.subarray(TOKEN_LENGTH), () => {
      underWayBytes -= body.length;
      underWay.delete(number);
    });
    return true;
  }

  function deliver() {
    if (delivering || onFrame === null) return;
    delivering = true;
    while (arrived.length > 0 && arrived[0].bytes !== null) {
      const { kind, id, bytes } = arrived.shift();
      onFrame(kind, id, bytes);
    }
    delivering = false;
  }

  return {
    send,

    /** Blocks. @param {number} kind @param {Uint8Array} bytes @returns {Uint8Array | null} null when nobody answers */
    ask(kind, bytes) {
      if (!open) return null;
      beforeSending();
      lastRequest += 1;
      // What is still under way goes along: the host answers only when it has everything before, and the engine sends nothing while we wait.
      const waiting = [...underWay.values()];
      return ask('post', bodyOf(kind, lastRequest, bytes, waiting).subarray(TOKEN_LENGTH));
    },

    /** Called before something is sent. @param {() => void} listener */
    setNews(listener) {
      beforeSending = listener;
    },

    /** Tells of the document. @param {Uint8Array} payload @returns {Uint8Array | null} what the main process has for it */
    load(payload) {
      const answer = ask('load', joinPayloads([placePayload(), payload]));
      if (answer === null || answer.length <= TOKEN_LENGTH) return null;
      token = answer.slice(0, TOKEN_LENGTH);
      key = hexOfBytes(token);
      open = true;
      // Nothing else is on the list of the page's requests by now.
      performance.clearResourceTimings();
      return answer.subarray(TOKEN_LENGTH);
    },

    /** Tells of a document that has no preloads, and does not wait. @param {Uint8Array} payload */
    join(payload) {
      token = globalThis.crypto.getRandomValues(new Uint8Array(TOKEN_LENGTH));
      key = hexOfBytes(token);
      open = true;
      post(textOfBytes(joinPayloads([bytesOfHex(secret), token, placePayload(), payload])));
    },

    /** Goes on as a worker that the host knows by its token already. @param {string} hex */
    adopt(hex) {
      token = bytesOfHex(hex);
      key = hex;
      open = true;
    },

    /** Takes what is sent to a worker, for as long as it lives. */
    takeNews() {
      // A request without a body is not listened to.
      request('wait', token, (bytes) => {
        if (bytes === null || !open) return;
        const view = new DataView(bytes.buffer);
        for (let at = 0; at < bytes.length;) {
          const start = at + NEWS_HEAD_LENGTH;
          const end = start + view.getUint32(at + 8, true);
          arrived.push({ kind: bytes[at], id: view.getUint32(at + 4, true), bytes: bytes.subarray(start, end) });
          at = end;
        }
        // First, because what is delivered may block.
        this.takeNews();
        deliver();
      });
    },

    /**
     * Takes what is sent to a sub-frame.
     * @param {(text: string) => Promise<string | undefined>} wait Sends a script message that is answered.
     */
    async takeAnswers(wait) {
      const text = textOfBytes(token);
      while (open) {
        // WebKitGTK can answer with the text of an error only.
        const answer = await wait(text).catch((error) => error.message);
        if (typeof answer !== 'string') return;
        if (answer === WHO) await new Promise((resolve) => request('meet', token, resolve, 0, secret));
        else runAnswer(answer);
      }
    },

    /** Names who takes frames; what came before is delivered. @param {(kind: number, id: number, bytes: Uint8Array) => void} listener */
    setListener(listener) {
      onFrame = listener;
      deliver();
    },

    close() {
      open = false;
    },

    /** The host's call: frames with their bytes as text, or with the number of what is to be fetched. */
    receive(forToken, ...frames) {
      if (!open || forToken !== key) return;
      for (const [kind, id, content] of frames) {
        const entry = { kind, id, bytes: null };
        arrived.push(entry);
        if (typeof content === 'string') {
          entry.bytes = bytesOfText(content);
          continue;
        }
        request('fetch', u32Payload(content), (bytes) => {
          if (bytes === null) arrived.splice(arrived.indexOf(entry), 1);
          else entry.bytes = bytes;
          deliver();
        });
      }
      deliver();
    }
  };
}
