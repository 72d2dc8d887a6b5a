// What Electron has and the shell has not yet.
//
// Nothing silently does nothing: a member of Electron's API that is missing here throws an error that names it. Members that
// Electron has on other platforms only are absent, as in Electron, so that apps can test for them; a few of them exist everywhere in
// Electron without an effect elsewhere, and so they do here.

import process from 'node:process';

import table from './api-members.js';

const { platform } = process;

/** Marks functions that only refuse. docs/api.md is made by looking for it. */
const REFUSES = Symbol.for('shell.refuses');

const EMITTER_METHODS = [
  'addListener', 'emit', 'eventNames', 'getMaxListeners', 'listenerCount', 'listeners', 'off', 'on', 'once', 'prependListener',
  'prependOnceListener', 'rawListeners', 'removeAllListeners', 'removeListener', 'setMaxListeners',
];

/** Names of the main process's modules, in Electron's order. @type {string[]} */
export const mainModuleNames = table.mainModules;

/** @param {string} member `module.member` */
export function notImplemented(member) {
  return new Error(`${member} is not implemented on ${platform} yet`);
}

/**
 * A function that refuses.
 *
 * @param {string} member `module.member`
 * @returns {() => never}
 */
export function refusal(member) {
  const refuse = () => {
    throw notImplemented(member);
  };
  Object.defineProperty(refuse, 'name', { value: member.slice(member.lastIndexOf('.') + 1) });
  Object.defineProperty(refuse, REFUSES, { value: true });
  return refuse;
}

const entryOf = (name) => table.modules[name] ?? table.classes[name];

/**
 * A member as the table writes it: a name, or an array of its name, the platforms that have it, and what it is elsewhere.
 *
 * @returns {{ name: string, here: boolean, inert?: { value?: unknown } }}
 */
function read(member) {
  if (typeof member === 'string') return { name: member, here: true };
  const [name, platforms, inert] = member;
  return { name, here: platforms.split(',').includes(platform), inert };
}

const define = (target, name, descriptor) => Object.defineProperty(target, name, { configurable: true, enumerable: false, ...descriptor });

function fillMethods(target, owner, members = []) {
  for (const { name, here, inert } of members.map(read)) {
    if (name in target) continue;
    if (here) define(target, name, { value: refusal(`${owner}.${name}`), writable: true });
    else if (inert) define(target, name, { value: () => inert.value, writable: true });
  }
}

function fillProperties(target, owner, members = [], own = []) {
  for (const { name, here } of members.map(read)) {
    if (name in target || !here || own.includes(name)) continue;
    const refuse = refusal(`${owner}.${name}`);
    define(target, name, { get: refuse, set: refuse });
  }
}

/**
 * Adds the members that a class lacks.
 *
 * @param {string} name as it is exported, else Electron's name of the class
 * @param {Function} Class
 * @param {string[]} [own] properties that the constructor gives each instance; the prototype must not refuse those
 */
export function completeClass(name, Class, own = []) {
  const entry = entryOf(name);
  fillMethods(Class.prototype, name, entry.methods);
  fillProperties(Class.prototype, name, entry.properties, own);
  if (entry.kind !== 'static') fillStatics(name, Class, entry);
  return Class;
}

function fillStatics(name, target, entry) {
  fillMethods(target, name, entry.staticMethods);
  fillProperties(target, name, entry.staticProperties);
}

/**
 * Completes what a module exports, or makes an export that refuses everything when there is none.
 *
 * @param {string} name
 * @param {any} [value]
 * @param {{ own?: string[] }} [options] see `completeClass`
 */
export function completeModule(name, value, { own } = {}) {
  const entry = entryOf(name);
  const target = value ?? (entry.kind === 'class' ? refusingClass(name) : define({}, REFUSES, { value: true }));
  if (value === undefined && entry.emitter) fillMethods(entry.kind === 'class' ? target.prototype : target, name, EMITTER_METHODS);
  if (entry.kind === 'class') return completeClass(name, target, own);
  if (entry.kind === 'static') {
    // The exported object carries what is static; its instances are of a class of their own.
    fillStatics(name, target, entry);
    return target;
  }
  fillMethods(target, name, entry.methods);
  fillProperties(target, name, entry.properties, own);
  return target;
}

function refusingClass(name) {
  const refuse = refusal(`${name}.constructor`);
  // A class, so that `instanceof` works; named like Electron's.
  const Class = {
    [name]: class {
      constructor() {
        refuse();
      }
    },
  }[name];
  define(Class, REFUSES, { value: true });
  return Class;
}
