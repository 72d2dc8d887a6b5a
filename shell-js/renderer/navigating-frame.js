// Which frame of a page wants to go elsewhere. The engine asks the host about a navigation without a word on that, but the main frame's document
// can tell: clicks and submits inside of a sub-frame never reach it.

/** @returns {(question: string[]) => 'main' | 'sub' | 'unknown'} */
export function watchNavigations() {
  /** @type {any} */
  let clicked = null;
  /** @type {any} */
  let submitted = null;

  const leavesAlone = (element, form) => {
    const target = (form ?? element).getAttribute('target') ?? document.querySelector('base[target]')?.getAttribute('target') ?? '';
    return target !== '' && !['_self', '_top', '_parent'].includes(target.toLowerCase());
  };
  const resolved = (href) => (typeof href === 'string' ? href : new URL(href.baseVal, document.baseURI).href);
  window.addEventListener('click', (event) => {
    clicked = event.composedPath().find((/** @type {any} */ node) => node.nodeType === 1 && ['a', 'area'].includes(node.localName) && node.href) ?? null;
  }, true);
  window.addEventListener('submit', (event) => {
    submitted = event.composedPath()[0] ?? null;
  }, true);

  const withoutQuery = (url) => url.replace(/[?#].*$/, '');
  // A script may submit a form without an event, and a button may have an address of its own.
  const isOurForm = (url) =>
    [...document.forms].some((form) => {
      const addresses = [form, ...form.querySelectorAll('[formaction]')].map((element) => element.getAttribute(element === form ? 'action' : 'formaction'));
      return !leavesAlone(form) && addresses.some((address) => withoutQuery(new URL(address || document.URL, document.baseURI).href) === withoutQuery(url));
    }) || (submitted !== null && !submitted.isConnected);

  return ([kind, url]) => {
    if (window.length === 0) return 'main';
    try {
      switch (kind) {
        case 'linkClicked':
          return clicked !== null && resolved(clicked.href) === url && !leavesAlone(clicked) ? 'main' : 'sub';
        case 'formSubmitted':
        case 'formResubmitted':
          return isOurForm(url) ? 'main' : 'sub';
        case 'reload':
          return url === document.URL ? 'main' : 'sub';
        default:
          return 'unknown';
      }
    } catch {
      return 'unknown';
    }
  };
}
