// The portable lane's part in the page's world, before any script of the page: the page's side of the membrane, and what runs the host's scripts.
//
// The page never sees any of it. Scripts of the host reach it by a name that is a secret of the view: it stands in the scope of scripts, which
// has no object that could be listed.

import { BytesCtor } from '../../common/codec-format.js';
import { serialize } from '../../common/serialize.js';
import { pagePorts } from '../page-ports.js';
import { replaceWindowFunctions } from '../page-windows.js';
import { replaceWorkers } from '../page-workers.js';
import { watchConsole, watchErrors } from './portable-console.js';
import { evaluateFor, mayEvaluate, settle } from './portable-evaluate.js';
import { hideRegistry, narrowRejections } from './portable-guard.js';
import { createMembrane } from './portable-membrane.js';
import { offerNode } from './portable-meet.js';
import { OP } from './portable-tape.js';

/** @type {any} */
const { defineProperty, has } = Reflect;
const ErrorCtor = Error;
const indirectEval = eval;
/** @type {any} */
const pageGlobal = globalThis;

function textOf(value) {
  try {
    return `${value}`;
  } catch {
    return undefined;
  }
}

function encode(value) {
  try {
    // A copy, because the codec uses its memory again.
    return new BytesCtor(serialize(value));
  } catch {
    return null;
  }
}

/**
 * @param {string} meeting The name of the event by which this world and the preload's meet.
 * @param {((link: any, config: Uint8Array) => any) | null} start Runs the renderer in this world, where a view has no isolated one for preloads.
 * @param {boolean} isPage Not a further isolated world.
 * @returns {(id: number, value: unknown, code?: string) => number} Takes the value of a script of the host, or evaluates one.
 */
export function startPage(meeting, start = null, isPage = true) {
  if (isPage) narrowRejections();
  let deliver = null;
  let membrane;
  /** @type {any} */
  const handlers = {
    __proto__: null,
    [OP.has]: (reader) => has(pageGlobal, reader.next()),
    [OP.expose](reader) {
      const key = reader.next();
      const value = membrane.readFrozen(reader);
      defineProperty(pageGlobal, key, { __proto__: null, value, writable: false, enumerable: true, configurable: false });
    },
    // A function of the page, made out of its source and called. The page's policy may forbid it, as it forbids `eval`.
    [OP.execute](reader) {
      let target;
      try {
        target = indirectEval(reader.next());
      } catch (error) {
        return membrane.failure(textOf(error) ?? '');
      }
      if (typeof target !== 'function') {
        return membrane.failure('Expected script to result in a function but a non-function type was found');
      }
      const failed = (error) => textOf(error) ?? 'Unknown error during function execution';
      return membrane.called(target, null, membrane.readList(reader), failed, failed);
    },
    // Scripts of a preload: all are run, the first one's value counts. The answer says whether it was allowed, what failed, and the value.
    [OP.run](reader) {
      if (!mayEvaluate()) return [false, undefined, undefined];
      const count = reader.next();
      let first = null;
      for (let i = 0; i < count; i++) {
        let result;
        try {
          result = [true, undefined, indirectEval(reader.next())];
        } catch (error) {
          result = [true, textOf(error) ?? 'Error', undefined];
        }
        first ??= result;
      }
      return first ?? [true, undefined, undefined];
    },
    // A script of the main process for a sub-frame.
    [OP.evaluate](reader) {
      const id = reader.next();
      evaluateFor(reader.next(), (failed, value) => { answer(id, failed, value); }, tell);
    },
    // The main process has a document without isolation: its renderer runs here.
    [OP.start](reader) {
      if (start === null) return;
      const link = {
        __proto__: null,
        send: (kind, id, bytes) => membrane.ask(OP.send, kind, id, bytes),
        ask: (kind, bytes) => membrane.ask(OP.request, kind, bytes)
      };
      deliver = start(link, reader.next());
    },
    [OP.replaceWorkers]() {
      replaceWorkers(
        (url) => membrane.ask(OP.workerOpen, url),
        (number) => { membrane.ask(OP.workerClose, number); }
      );
    },
    // One of three things at most is given.
    [OP.ports]: (reader) => pagePorts[reader.next()](reader.next(), reader.next()) ?? false,
    [OP.frame](reader) {
      if (deliver !== null) deliver(reader.next(), reader.next(), reader.next());
    }
  };

  // Numbers below zero are the isolated world's own questions: it gets the value through the membrane, the main process by the codec.
  const answer = (id, failed, value) => {
    if (id < 0) {
      try {
        membrane.askWith(OP.evaluated, [id, failed], value);
      } catch (error) {
        membrane.askWith(OP.evaluated, [id, true], error);
      }
      return;
    }
    const bytes = encode([failed, value]);
    membrane.post(OP.evaluated, id, bytes ?? encode([true, new ErrorCtor('An object could not be cloned.')]));
  };
  function evaluated(id, value, code) {
    if (code !== undefined) {
      if (!mayEvaluate()) throw new ErrorCtor('shell:no-eval');
      value = indirectEval(code);
    }
    // A preload gets the promise itself.
    if (id > 0) settle(value, (failed, result) => { answer(id, failed, result); });
    else answer(id, false, value);
    // The engine has no word for undefined and would take it for a failure.
    return 0;
  }
  // Before the worlds meet: where there is one world only, preloads run when they do. Until then there is nobody to be told.
  const tell = (level, line, message, source) => membrane.post(OP.console, level, line, message, source);
  watchConsole(tell);
  if (isPage) watchErrors(tell);
  offerNode(meeting, (node) => {
    membrane = createMembrane(node, 'page', 'own', handlers);
  });
  if (!isPage) hideRegistry();
  // A view without isolation does that in its own bundle.
  if (isPage && start === null && pageGlobal === pageGlobal.top) {
    replaceWindowFunctions(
      (url, target, features, modifiers) => membrane.ask(OP.windowOpen, url, target, features, modifiers),
      () => { membrane.ask(OP.windowOpened); },
      () => { membrane.ask(OP.windowClose); }
    );
  }

  defineProperty(evaluated, 'document', { __proto__: null, value: document });
  return evaluated;
}
