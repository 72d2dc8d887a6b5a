// What a page shows of itself and the engine does not tell: when it can be looked at, its icons and its colour.

import { FROM_PAGE } from '../common/lane-frames.js';

/** More icons than a page needs. */
const MOST_ICONS = 100;

/** @returns {any[]} */
const all = (selector) => [...document.querySelectorAll(selector)];
const isIcon = (link) => /(?:^|\s)icon(?:\s|$)/i.test(link.rel) && link.href !== '';

function icons() {
  const found = all('link[rel]').filter(isIcon).map((link) => link.href);
  // Where nothing is said, browsers look in one place.
  if (found.length === 0 && /^https?:$/.test(location.protocol)) found.push(new URL('/favicon.ico', location.href).href);
  return [...new Set(found)].slice(0, MOST_ICONS);
}

let canvas = null;

// As #rrggbb, or null for what is no colour.
function parseColor(text) {
  canvas ??= document.createElement('canvas').getContext('2d');
  if (canvas === null) return null;
  const [first, second] = ['#000000', '#ffffff'].map((before) => {
    canvas.fillStyle = before;
    canvas.fillStyle = text;
    return canvas.fillStyle;
  });
  if (first !== second) return null;
  const parts = /^rgba?\((\d+), (\d+), (\d+)/.exec(first);
  if (parts === null) return /^#[0-9a-f]{6}$/.test(first) ? first : null;
  return `#${parts.slice(1).map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
}

function themeColor() {
  for (const meta of all('meta[name="theme-color" i]')) {
    if (meta.media && !window.matchMedia(meta.media).matches) continue;
    const color = parseColor(meta.content.trim());
    if (color !== null) return color;
  }
  return null;
}

// Without its style sheets a page would show as something else for a moment.
function hasStyles() {
  return all('link[rel~="stylesheet" i][href]').every(
    (link) => link.sheet !== null || link.disabled || /(?:^|\s)alternate(?:\s|$)/i.test(link.rel) || !window.matchMedia(link.media || 'all').matches
  );
}

// Elements that play. What is in no document has no events that anybody else would see.
function watchMedia(tell) {
  const playing = new Set();
  const started = ({ isTrusted, target }) => {
    if (!isTrusted || playing.has(target) || !(target instanceof window.HTMLMediaElement)) return;
    playing.add(target);
    tell('media', true);
  };
  const stopped = ({ isTrusted, target }) => {
    if (isTrusted && playing.delete(target)) tell('media', false);
  };
  document.addEventListener('playing', started, true);
  for (const name of ['pause', 'ended', 'emptied', 'error']) document.addEventListener(name, stopped, true);
}

/** @param {{post(kind: number, id: number, value: any): boolean}} transport */
export function watchPage(transport) {
  const tell = (what, value) => transport.post(FROM_PAGE.news, 0, [what, value]);
  let shown = false;
  let lastIcons = '';
  let lastColor = null;

  function look() {
    const color = themeColor();
    if (color !== lastColor) tell('theme-color', (lastColor = color));
    const found = icons();
    const text = found.join('\n');
    if (text === lastIcons) return;
    lastIcons = text;
    if (found.length > 0) tell('icons', found);
  }
  function showable() {
    if (shown || !hasStyles()) return;
    shown = true;
    tell('showable', null);
  }

  watchMedia(tell);
  document.addEventListener('DOMContentLoaded', () => {
    look();
    if (document.head !== null) {
      const attributeFilter = ['href', 'rel', 'content', 'name', 'media'];
      new window.MutationObserver(look).observe(document.head, { childList: true, subtree: true, attributes: true, attributeFilter });
    }
    for (const name of ['load', 'error']) document.addEventListener(name, showable, true);
    showable();
  });
}
