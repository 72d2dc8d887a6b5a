// Start of a document on the portable lane, in the isolated world: loads, meets the page's world, runs the preloads.

import { FROM_PAGE, TO_PAGE } from '../../common/lane-frames.js';
import { deserialize } from '../../common/serialize.js';
import { start } from '../init.js';
import { watchConsole } from './portable-console.js';
import { hideRegistry } from './portable-guard.js';
import { createLink, joinPayloads, textPayload, u32Payload } from './portable-link.js';
import { createMembrane } from './portable-membrane.js';
import { takeNode } from './portable-meet.js';
import { watchDocument } from './portable-news.js';
import { OP } from './portable-tape.js';
import { createPortableWorlds } from './portable-worlds.js';

/**
 * @param {string} secret
 * @param {string} meeting
 * @param {boolean} isolated Preloads run here and not in the page's world.
 * @param {string} address Where requests of the lane go.
 * @param {(text: string) => void} post Sends a script message.
 * @param {((text: string) => Promise<string | undefined>) | null} wait Sends one that is answered, where the host's scripts do not come to sub-frames.
 * @returns {(token: string, ...frames: any[]) => void} The host's way to this document.
 */
export function startOwn(secret, meeting, isolated, address, post, wait) {
  const link = createLink(secret, address, post);
  const news = watchDocument(link);
  const reachable = window === window.top || wait === null;
  hideRegistry();
  // Nothing of the app runs in a document that may not run scripts.
  if (news.isScriptless) link.join(news.describe());
  else takeNode(meeting, (node) => {
    try {
      begin(link, news, meeting, node, isolated, reachable);
      if (!reachable) link.takeAnswers(wait);
    } catch (error) {
      console.error(error instanceof Error ? `${error}\n${error.stack}` : String(error));
    }
  });
  const receive = (token, ...frames) => {
    link.receive(token, ...frames);
    // The engine has no word for undefined and would take it for a failure.
    return 0;
  };
  return Object.assign(receive, { document, again: news.listen });
}

/** @param {boolean} reachable The host runs scripts in the page's world and makes others. */
function begin(link, news, meeting, node, isolated, reachable) {
  // What `window.open` and the like ask, once the renderer is there.
  let windows = { ask: (_url, _target, _features, _modifiers) => 2, opened() {}, close() {} };
  // The same of workers.
  let workers = { open: (_url) => null, close(_number) {} };
  const page = {
    replaceWorkers(open, close) {
      workers = { open, close };
      membrane.ask(OP.replaceWorkers);
    },
    replaceWindowFunctions(ask, opened, close) {
      windows = { ask, opened, close };
    },
    // Texts and numbers in, truth values out.
    ports: Object.fromEntries(
      ['connect', 'expect', 'settle', 'mark', 'end', 'forget'].map((name) => [name, (...args) => membrane.ask(OP.ports, name, ...args)])
    )
  };
  const tellConsole = (level, line, message, source) => {
    link.send(FROM_PAGE.console, 0, joinPayloads([u32Payload(level), u32Payload(line), textPayload(message), textPayload(source)]));
  };
  // What this world does for another one. Nothing of what it is told is believed.
  const handlers = (membraneOf) => ({
    [OP.console](reader) {
      tellConsole(Number(reader.next()), Number(reader.next()), String(reader.next()), String(reader.next()));
    },
    [OP.evaluated](reader) {
      const id = Number(reader.next());
      if (id > 0) link.send(FROM_PAGE.evaluated, id, reader.next());
      else lane.answered(-id, reader.next(), membraneOf().readOne(reader));
    },
    // Of a view without isolation, whose renderer runs in the page's world.
    [OP.send]: (reader) => !isolated && link.send(reader.next(), reader.next(), reader.next()),
    [OP.request]: (reader) => (isolated ? null : link.ask(reader.next(), reader.next())),
    [OP.windowOpen]: (reader) => windows.ask(String(reader.next()), String(reader.next()), String(reader.next()), Number(reader.next())),
    [OP.windowOpened]: () => windows.opened(),
    [OP.windowClose]: () => windows.close(),
    [OP.workerOpen]: (reader) => workers.open(String(reader.next())),
    [OP.workerClose]: (reader) => workers.close(Number(reader.next()))
  });
  const membrane = createMembrane(node, 'own', 'page', handlers(() => membrane));
  const lane = createPortableWorlds(link, membrane, meeting, handlers, reachable);
  let path;
  // The engine names no file for code that is evaluated here, which is the preload's.
  const preloadPath = () => (path ??= config === null ? '' : deserialize(config).preloads.at(-1)?.path ?? '');
  watchConsole((level, line, message, source) => tellConsole(level, line, message, source === '' ? preloadPath() : source));

  const config = link.load(news.describe());
  if (config === null) return;
  news.start();
  const { worlds, bridge, scripts } = lane;
  const deliver = isolated
    ? start({ send: link.send, ask: link.ask, request: (bytes) => link.ask(FROM_PAGE.sync, bytes), worlds, bridge, scripts }, page, null, config)
    : startInPage(membrane, config);
  link.setListener((kind, id, bytes) => {
    if (kind === TO_PAGE.worldMade) lane.announced(id);
    else if (kind !== TO_PAGE.evaluate || reachable || !evaluateInPage(membrane, id, deserialize(bytes))) deliver(kind, id, bytes);
  });
}

/** @returns {boolean} whether the script was for the page's world */
function evaluateInPage(membrane, id, [code, , worldId]) {
  if (worldId !== 0) return false;
  membrane.ask(OP.evaluate, id, code);
  return true;
}

function startInPage(membrane, config) {
  membrane.ask(OP.start, config);
  return (kind, id, bytes) => membrane.ask(OP.frame, kind, id, bytes);
}
