// Start of a sub-frame's document that has no preload, in the isolated world: it tells of itself, and waits until the main process wants to run a
// script in it. What that takes is sent when it is wanted: see portable-attached.js.

import { FROM_PAGE, TO_PAGE } from '../../common/lane-frames.js';
import { createLink, joinPayloads, textPayload, u32Payload } from './portable-link.js';
import { takeNode } from './portable-meet.js';
import { watchDocument } from './portable-news.js';

const indirectEval = eval;
/** @type {any} */
const { CustomEvent: CustomEventCtor } = globalThis;

/**
 * @param {string} secret
 * @param {string} meeting
 * @param {string} address Where requests of the lane go.
 * @param {(text: string) => void} post Sends a script message.
 * @param {((text: string) => Promise<string | undefined>) | null} wait Sends one that is answered, where the host's scripts do not come here.
 * @returns {(token: string, ...frames: any[]) => void} The host's way to this document.
 */
export function startFrame(secret, meeting, address, post, wait) {
  const link = createLink(secret, address, post);
  const news = watchDocument(link);
  link.join(news.describe());
  news.start();

  const tellConsole = (level, line, message, source) => {
    link.send(FROM_PAGE.console, 0, joinPayloads([u32Payload(level), u32Payload(line), textPayload(message), textPayload(source)]));
  };
  /** @type {any} */
  let page = null;
  /** @type {any} */
  let attached = null;
  takeNode(meeting, (node) => {
    page = node;
    // Nothing of what it says is believed.
    node.addEventListener('console', (/** @type {any} */ { detail }) => tellConsole(Number(detail[0]), Number(detail[1]), String(detail[2]), String(detail[3])));
    let id = 0;
    node.addEventListener('of', (/** @type {any} */ { detail }) => { id = Number(detail); });
    // The engine copies the value, or has none for what it cannot copy.
    node.addEventListener('ran', (/** @type {any} */ { detail }) => attached?.ran(id, detail));
  });

  link.setListener((kind, id, bytes) => {
    if (kind === TO_PAGE.attach) {
      attached = indirectEval(new TextDecoder().decode(bytes))(
        (answerId, answer) => link.send(FROM_PAGE.evaluated, answerId, answer),
        (questionId, code) => page?.dispatchEvent(new CustomEventCtor('run', { detail: [questionId, code] }))
      );
    } else if (kind === TO_PAGE.evaluate) {
      attached?.evaluate(id, bytes);
    }
  });
  if (wait !== null) link.takeAnswers(wait);
  const receive = (token, ...frames) => {
    link.receive(token, ...frames);
    // The engine has no word for undefined and would take it for a failure.
    return 0;
  };
  return Object.assign(receive, { document, again: news.listen });
}
