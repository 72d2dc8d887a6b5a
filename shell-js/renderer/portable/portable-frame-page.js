// The portable lane's part in the page's world of a sub-frame without preloads: it tells of the console, and runs scripts of the main process.
//
// It is small, because every frame of every page has it. The page never sees any of it: what it uses was captured before any script of the page, and
// the node by which it speaks to the isolated world is in no tree.

import { getterOf, uncurry } from '../../common/codec-format.js';
import { watchConsole, watchErrors } from './portable-console.js';
import { evaluateFor, settle } from './portable-evaluate.js';
import { narrowRejections } from './portable-guard.js';
import { offerNode } from './portable-meet.js';

/** @type {any} */
const { defineProperty } = Reflect;
/** @type {any} */
const { CustomEvent: CustomEventCtor } = globalThis;
const addListener = uncurry(EventTarget.prototype.addEventListener);
const dispatchEvent = uncurry(EventTarget.prototype.dispatchEvent);
const detailOf = getterOf(CustomEventCtor.prototype, 'detail');

/**
 * @param {string} meeting The name of the event by which this world and the isolated one meet.
 * @returns {(id: number, value: unknown, code?: string) => number} Takes the value of a script that the host ran, or evaluates one.
 */
export function startFramePage(meeting) {
  narrowRejections();
  let post;
  const tell = (level, line, message, source) => { post('console', [level, line, message, source]); };
  const answerTo = (id) => (failed, value) => {
    post('of', id);
    post('ran', [failed, value]);
  };
  offerNode(meeting, (node) => {
    post = (name, detail) => { dispatchEvent(node, new CustomEventCtor(name, { __proto__: null, detail })); };
    addListener(node, 'run', (event) => {
      const question = detailOf(event);
      evaluateFor(question[1], answerTo(question[0]), tell);
    });
  });
  watchConsole(tell);
  watchErrors(tell);
  const evaluated = (id, value, code) => {
    if (code !== undefined) evaluateFor(code, answerTo(id), tell);
    else settle(value, answerTo(id));
    // The engine has no word for undefined and would take it for a failure.
    return 0;
  };
  defineProperty(evaluated, 'document', { __proto__: null, value: document });
  return evaluated;
}
