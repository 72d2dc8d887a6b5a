// The portable lane's end of a document, in the isolated world: script messages for what is small, requests to the shell's scheme for the
// rest. Both carry the document's token and numbered frames, out of which the host makes one stream again.

const TOKEN_LENGTH = 16;
const HEAD_LENGTH = 16;
// Above this a request is faster than a text of one character for each byte.
const MAX_TEXT = 32 << 10;
const TEXT_PIECE = 8192;
// A script of the page may stop all loads, ours among them: they are repeated, but not for ever.
const MOST_REPEATS = 100;

const { fromCharCode } = String;
/** @type {any} */
const { XMLHttpRequest: RequestCtor } = globalThis;

/** @param {string} hex @returns {Uint8Array} */
function bytesOfHex(hex) {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

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

/**
 * @param {string} secret The view's, which opens a document.
 * @param {string} address Where requests go.
 * @param {(text: string) => void} post Sends a script message.
 */
export function createLink(secret, address, post) {
  let token = new Uint8Array(0);
  let sequence = 0;
  let lastRequest = 1;
  let open = false;
  /** Frames whose requests are under way. @type {Map<number, Uint8Array>} */
  const underWay = new Map();
  /** What has arrived and is not delivered, because something before it is being fetched. @type {{kind: number, id: number, bytes: Uint8Array | null}[]} */
  const arrived = [];
  let delivering = false;
  /** @type {((kind: number, id: number, bytes: Uint8Array) => void) | null} */
  let onFrame = null;

  // The answer of a request that the page waits for, or null. The engine gives texts only, of characters whose low byte is the byte.
  function ask(path, body) {
    const request = new RequestCtor();
    request.open('POST', address + path, false);
    request.overrideMimeType('text/plain; charset=x-user-defined');
    try {
      request.send(body);
    } catch {
      return null;
    }
    return request.status === 200 ? bytesOfText(request.responseText) : null;
  }

  function request(path, body, onAnswer, repeats = 0) {
    const sent = new RequestCtor();
    sent.open('POST', address + path);
    sent.responseType = 'arraybuffer';
    sent.onloadend = () => {
      if (sent.status === 200) onAnswer(new Uint8Array(sent.response));
      else if (open && repeats < MOST_REPEATS) setTimeout(() => request(path, body, onAnswer, repeats + 1), repeats);
      else onAnswer(null);
    };
    sent.send(body);
  }

  function frameOf(kind, id, bytes) {
    sequence += 1;
    const frame = new Uint8Array(HEAD_LENGTH + bytes.length);
    const view = new DataView(frame.buffer);
    view.setUint32(0, sequence, true);
    frame[4] = kind;
    view.setUint32(8, id, true);
    view.setUint32(12, bytes.length, true);
    frame.set(bytes, HEAD_LENGTH);
    return frame;
  }

  function send(kind, id, bytes) {
    if (!open) return false;
    const frame = frameOf(kind, id, bytes);
    const body = joinPayloads([token, frame]);
    if (body.length <= MAX_TEXT) {
      post(textOfBytes(body));
      return true;
    }
    const number = sequence;
    underWay.set(number, frame);
    request('post', body, () => underWay.delete(number));
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
      lastRequest += 1;
      // What is still under way goes along: the host answers only when it has everything before, and the engine sends nothing while we wait.
      const waiting = [...underWay.values()];
      return ask('post', joinPayloads([token, ...waiting, frameOf(kind, lastRequest, bytes)]));
    },

    /** Tells of the document. @param {Uint8Array} payload @returns {Uint8Array | null} what the main process has for it */
    load(payload) {
      const main = new Uint8Array([window === window.top ? 1 : 0]);
      const answer = ask('load', joinPayloads([bytesOfHex(secret), main, payload]));
      if (answer === null || answer.length <= TOKEN_LENGTH) return null;
      token = answer.slice(0, TOKEN_LENGTH);
      open = true;
      return answer.subarray(TOKEN_LENGTH);
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
      if (!open || forToken.length !== TOKEN_LENGTH * 2) return;
      const expected = bytesOfHex(forToken);
      for (let i = 0; i < TOKEN_LENGTH; i++) if (expected[i] !== token[i]) return;
      for (const [kind, id, content] of frames) {
        const entry = { kind, id, bytes: null };
        arrived.push(entry);
        if (typeof content === 'string') {
          entry.bytes = bytesOfText(content);
          continue;
        }
        request('fetch', joinPayloads([token, u32Payload(content)]), (bytes) => {
          if (bytes === null) arrived.splice(arrived.indexOf(entry), 1);
          else entry.bytes = bytes;
          deliver();
        });
      }
      deliver();
    }
  };
}
