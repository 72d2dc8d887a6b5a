// How the two worlds of a document meet. They share the document and nothing else, so one makes a node that is in no tree and hands it over in
// an event, before any script of the page runs. The event's name is a secret of the view: a page cannot have been listening for it.

/** @type {any} */
const { apply } = Reflect;
const add = EventTarget.prototype.addEventListener;
const remove = EventTarget.prototype.removeEventListener;
const dispatch = EventTarget.prototype.dispatchEvent;
/** @type {any} */
const { FocusEvent: FocusEventCtor } = globalThis;
const relatedTarget = Object.getOwnPropertyDescriptor(FocusEventCtor.prototype, 'relatedTarget').get;
const EventCtor = Event;

// Which world's script runs first is the engine's choice: whoever comes second finds the other one waiting.

/** The page's world. @param {string} name @param {(node: Node) => void} prepare Makes the node ready: the other world may use it at once. */
export function offerNode(name, prepare) {
  const node = document.createComment('');
  prepare(node);
  const offer = () => apply(dispatch, document, [new FocusEventCtor(`${name}!`, { __proto__: null, relatedTarget: node })]);
  let taken = false;
  apply(add, node, ['taken', () => { taken = true; }]);
  offer();
  if (taken) return;
  const asked = () => {
    apply(remove, document, [`${name}?`, asked]);
    offer();
  };
  apply(add, document, [`${name}?`, asked]);
}

/** The isolated world. @param {string} name @param {(node: Node) => void} take */
export function takeNode(name, take) {
  const offered = (event) => {
    const node = apply(relatedTarget, event, []);
    if (node === null) return;
    apply(remove, document, [`${name}!`, offered]);
    apply(dispatch, node, [new EventCtor('taken')]);
    take(node);
  };
  apply(add, document, [`${name}!`, offered]);
  apply(dispatch, document, [new EventCtor(`${name}?`)]);
}
