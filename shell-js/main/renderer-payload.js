/**
 * What a document is given before its first script: the scripts of the renderer's side, and the configuration of this one.
 */
import process from 'node:process';

import { serialize } from '../common/serialize.js';
import { host } from './binding.js';
import { nodeSettings } from './legacy-node.js';
import { portableScripts, rendererScripts } from './renderer-bundle.js';

const LOAD_ISOLATED = 1;
const LOAD_IN_SUB_FRAMES = 2;
const LOAD_ATTACHED = 4;

/** What every document gets and what does not change. @type {{renderer: Uint8Array, page: Uint8Array, attached: Uint8Array, process: object} | null} */
let prepared = null;

export function prepare() {
  if (prepared === null) {
    const { arch, execPath, platform, version } = process;
    prepared = { ...rendererScripts(), process: { arch, execPath, platform, version, versions: { ...process.versions } } };
    // Compiles the codec.
    serialize(prepared.process);
  }
  return prepared;
}

/** @param {number} flags @param {object} configuration @returns {Uint8Array} */
function payloadOf(flags, configuration) {
  const config = serialize(configuration);
  // The portable lane's scripts are there already.
  if (host.portableLane) return config;
  const { renderer, ...pages } = prepare();
  const page = flags & LOAD_ATTACHED ? pages.attached : pages.page;
  const payload = new Uint8Array(12 + renderer.length + page.length + config.length);
  const view = new DataView(payload.buffer);
  view.setUint32(0, flags, true);
  view.setUint32(4, renderer.length, true);
  payload.set(renderer, 8);
  view.setUint32(8 + renderer.length, page.length, true);
  payload.set(page, 12 + renderer.length);
  payload.set(config, 12 + renderer.length + page.length);
  return payload;
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
    process: {
      ...prepare().process,
      argv: [settings.execPath, ...settings.additionalArguments],
      contextId: `${document.connection}-${document.number}`,
      contextIsolated: isolated,
      env: { ...process.env },
      isMainFrame: document.node.parent === null,
      pid: document.processId,
      resourcesPath: settings.resourcesPath,
    },
  });
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
