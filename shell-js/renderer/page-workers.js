// `Worker` of a page whose workers have Node. The engine runs no script of ours in a worker, so it is given one that makes Node and then loads the app's;
// that one knows what it stands for.
//
// Where the app's own script comes from is up to the main process, which gives no Node to the content of others.

import { getOwnPropertyDescriptor, getterOf, reflectApply, uncurry } from '../common/codec-format.js';

const { construct, defineProperty } = Reflect;
/** @type {any} */
const page = globalThis;
const { Blob: BlobCtor, URL: UrlCtor, XMLHttpRequest: RequestCtor } = page;
const ErrorCtor = Error;
const ExceptionCtor = page.DOMException;
const nameOf = getterOf(ExceptionCtor.prototype, 'name');
/** @type {any} */
const ProxyCtor = Proxy;
const NumberOf = Number;
const { createObjectURL } = UrlCtor;
const { stringify } = JSON;
const indexOf = uncurry(String.prototype.indexOf);
const slice = uncurry(String.prototype.slice);
const numberOf = uncurry(WeakMap.prototype.get);
const setNumber = uncurry(WeakMap.prototype.set);
const TYPE = { __proto__: null, type: 'text/javascript' };

const isSecurityError = (error) => error instanceof ExceptionCtor && nameOf(error) === 'SecurityError';
const POLICY = "The policy of this page keeps its workers from having Node: they need 'blob:' in 'worker-src' and 'script-src'.";

const addressOf = (/** @type {any[]} */ ...texts) => createObjectURL(new BlobCtor(texts, TYPE));

// The page may take such an address back as soon as it has its worker.
function copied(url) {
  const request = new RequestCtor();
  request.open('GET', url, false);
  request.send();
  return addressOf(request.responseText);
}

function resolved(url, base) {
  try {
    return new UrlCtor(url, base).href;
  } catch {
    return null;
  }
}

/**
 * @param {(url: string) => string | null} open What a worker of this address is started with: its number and a script, `5:...`. Null if it gets no
 *   Node, `!...` if there can be none.
 * @param {(number: number) => void} close A worker was ended.
 * @param {() => string} [base] What addresses are relative to.
 */
export function replaceWorkers(open, close, base = () => page.document.baseURI) {
  const native = page.Worker;
  if (native === undefined) return;
  const numbers = new WeakMap();

  function start(url, options, newTarget) {
    const text = `${url}`;
    const address = resolved(text, base());
    // The engine says what is wrong with it.
    const answer = address === null ? null : open(address);
    if (answer === null) return construct(native, [text, options], newTarget);
    if (answer[0] === '!') throw new ErrorCtor(slice(answer, 1));
    const colon = indexOf(answer, ':');
    const script = slice(answer, colon + 1);
    const isBlob = slice(address, 0, 5) === 'blob:';
    const own = isBlob ? copied(address) : address;
    const shown = stringify(own);
    // What we made ourselves goes when it was loaded.
    const after = isBlob ? `URL.revokeObjectURL(${shown});` : '';
    let entry;
    if (options?.type === 'module') {
      const first = stringify(addressOf(script));
      entry = addressOf(`import ${first};import ${shown};URL.revokeObjectURL(${first});${after}`);
    } else {
      entry = addressOf(script, `;importScripts(${shown});${after}`);
    }
    let worker;
    try {
      worker = construct(native, [entry, options], newTarget);
    } catch (error) {
      throw isSecurityError(error) ? new ErrorCtor(POLICY) : error;
    }
    setNumber(numbers, worker, NumberOf(slice(answer, 0, colon)));
    return worker;
  }

  const made = new ProxyCtor(native, {
    __proto__: null,
    construct: (target, given, newTarget) => (given.length === 0 ? construct(target, [], newTarget) : start(given[0], given[1], newTarget))
  });
  const { prototype } = native;
  const { terminate } = prototype;
  const ending = new ProxyCtor(terminate, {
    __proto__: null,
    apply(target, worker, given) {
      reflectApply(target, worker, given);
      const number = numberOf(numbers, worker);
      if (number !== undefined) close(number);
    }
  });
  const replace = (object, name, value) => defineProperty(object, name, { ...getOwnPropertyDescriptor(object, name), value });
  replace(prototype, 'terminate', ending);
  replace(prototype, 'constructor', made);
  replace(page, 'Worker', made);
}
