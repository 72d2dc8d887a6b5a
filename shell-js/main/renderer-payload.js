/**
 * What a document is given before its first script: the scripts of the renderer's side, and the configuration of this one.
 */
import process from 'node:process';

import { TO_PAGE } from '../common/lane-frames.js';
import { serialize } from '../common/serialize.js';
import { host, laneSend } from './binding.js';
import { nodeSettings } from './legacy-node.js';
import { portableScripts, rendererScripts } from './renderer-bundle.js';

const LOAD_ISOLATED = 1;
const LOAD_IN_SUB_FRAMES = 2;
const LOAD_ATTACHED = 4;

/** What every document gets and what does not change. @type {{renderer: Uint8Array, page: Uint8Array, attached: Uint8Array, process: object} | null} */
let prepared = null;

function prepare() {
  if (prepared === null) {
    const { arch, execPath, platform, version } = process;
    prepared = { ...rendererScripts(), process: { arch, execPath, platform, version, versions: { ...process.versions } } };
    // Compiles the codec.
    serialize(prepared.process);
  }
  return prepared;
}

/**
 * @param {Uint8Array[]} texts each goes behind its length
 * @param {number} before length of what comes before them
 * @param {number} after length of what comes after them
 */
function packTexts(texts, before, after) {
  const payload = new Uint8Array(texts.reduce((sum, { length }) => sum + 4 + length, before + after));
  const view = new DataView(payload.buffer);
  let at = before;
  for (const text of texts) {
    view.setUint32(at, text.length, true);
    payload.set(text, at + 4);
    at += 4 + text.length;
  }
  return { payload, view, at };
}

/** @param {number} flags @param {object} configuration @returns {Uint8Array} */
function payloadOf(flags, configuration) {
  const config = serialize(configuration);
  // The portable lane's scripts are there already.
  if (host.portableLane) return config;
  const { renderer, ...pages } = prepare();
  const { payload, view, at } = packTexts([renderer, flags & LOAD_ATTACHED ? pages.attached : pages.page], 4, config.length);
  view.setUint32(0, flags, true);
  payload.set(config, at);
  return payload;
}

/**
 * Makes the scripts ready for a new connection. A page's process that has nothing to do yet gets them now, before there is a document; one that a page is
 * on its way to would read them while that waits.
 * @param {number} connection @param {boolean} isLoading
 */
export function announceScripts(connection, isLoading) {
  if (host.portableLane) return;
  const { renderer, page } = prepare();
  if (isLoading) return;
  laneSend(connection, TO_PAGE.prepare, 0, 0, 0, packTexts([renderer, page], 0, 0).payload);
}

/**
 * For a document that runs preloads.
 * @param {any} contents
 * @param {import('./lane-documents.js').LaneDocument} document
 */
export function loadedPayload(contents, document) {
  const settings = contents._rendererConfig();
  const isolated = settings.contextIsolation !== false;
  const flags = (isolated ? LOAD_ISOLATED : 0) | (settings.nodeIntegrationInSubFrames ? LOAD_IN_SUB_FRAMES : 0);
  const { url, origin, node } = document;
  const creator = (node.parent === null ? contents.opener?.origin : node.parent.document?.origin) ?? '';
  return payloadOf(flags, {
    preloads: contents._preloads({ url, origin, creator }),
    node: nodeSettings(contents, document),
    frameToken: document.token,
    routingId: document.routingId,
    evaluateOnly: false,
    isolated,
    isMainFrame: document.node.parent === null,
    process: processSettings(contents, document),
  });
}

/**
 * What `process` of a document or a worker begins with.
 * @param {any} contents
 * @param {import('./lane-documents.js').LaneDocument} document
 */
export function processSettings(contents, document) {
  const settings = contents._rendererConfig();
  return {
    ...prepare().process,
    argv: [settings.execPath, ...settings.additionalArguments],
    contextId: `${document.connection}-${document.number}`,
    contextIsolated: settings.contextIsolation !== false,
    env: { ...process.env },
    isMainFrame: document.node?.parent === null,
    pid: document.processId,
    resourcesPath: settings.resourcesPath,
  };
}

/**
 * For a document that runs no preload, and in which the main process wants to run a script: the bundle without IPC, always in the isolated world,
 * because scripts of the page have run already.
 */
export const attachedPayload = () => (host.portableLane ? portableAttached() : evaluateOnlyPayload());

export const evaluateOnlyPayload = () => payloadOf(LOAD_ISOLATED | LOAD_ATTACHED, { evaluateOnly: true, isolated: true });

/** @type {Uint8Array | null} */
let attached = null;

function portableAttached() {
  attached ??= new TextEncoder().encode(portableScripts().attached);
  return attached;
}
