// people.js: how a person looks, and in whose name one writes.
import { h, $ } from './dom.js';
import { open, item } from './menu.js';

function initials(name) {
  return name.split(/[\s.]+/).filter(Boolean).map((w) => [...w][0]).join('').slice(0, 2).toUpperCase();
}

// hue is the colour of a person, always the same.
const hue = (id) => [...id].reduce((a, c) => (a * 31 + c.charCodeAt(0)) % 8, 7);

// avatar is the picture of a person: a circle with initials; the app has a bell cord.
export function avatar(p, size) {
  return h('span', { class: `avatar ${size || ''} ${p.bot ? 'bot' : 'p' + hue(p.id)}`, 'aria-hidden': 'true' }, p.bot ? initials(p.name).slice(0, 1) || '!' : initials(p.real || p.name || p.id));
}

const line = (p) => [avatar(p, 'small'), h('span', { class: 'two' }, h('b', {}, p.real), p.title ? h('small', {}, p.title) : null)];

// drawMe draws the menu in whose name one writes.
export function drawMe(now, become) {
  const me = now.state.people.find((p) => p.id === now.me);
  const button = $('me');
  button.replaceChildren(...(me ? [avatar(me, 'small'), h('span', { class: 'two' }, h('small', {}, 'You are'), h('b', {}, me.real)), h('span', { class: 'chevron', 'aria-hidden': 'true' }, '⌄')] : ['Nobody is here']));
  button.onclick = () => {
    const all = now.state.people.filter((p) => !p.bot).map((p) => item(line(p), () => become(p.id), { role: 'menuitemradio', 'aria-checked': String(p.id === now.me), 'data-person': p.id, 'data-words': (p.real + ' ' + p.name + ' ' + p.title).toLowerCase() }));
    const filter = all.length > 10 ? h('input', { type: 'search', placeholder: 'Find a person', 'aria-label': 'Find a person', oninput: (ev) => all.forEach((b) => { b.hidden = !b.dataset.words.includes(ev.target.value.toLowerCase()); }) }) : null;
    open(button, 'You are', [filter, ...all].filter(Boolean), 'people');
  };
}
