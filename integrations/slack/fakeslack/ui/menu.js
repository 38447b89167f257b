// menu.js: menus that open beside what was pressed, above everything else. They
// outlive that the list below them is drawn anew.
import { h } from './dom.js';

let shown = null; // {box, from}

// shut closes the menu that is open.
export function shut() {
  if (!shown) return;
  const { box, from } = shown;
  shown = null;
  box.remove();
  if (from.isConnected) from.setAttribute('aria-expanded', 'false');
}

// place puts the box where it is seen as a whole.
function place(box, from) {
  const r = from.getBoundingClientRect();
  const b = box.getBoundingClientRect();
  const below = r.bottom + b.height + 8 < innerHeight || r.top < b.height + 8;
  box.style.top = Math.max(8, below ? Math.min(r.bottom + 4, innerHeight - b.height - 8) : r.top - b.height - 4) + 'px';
  box.style.left = Math.max(8, Math.min(r.left + b.width + 8 > innerWidth ? r.right - b.width : r.left, innerWidth - b.width - 8)) + 'px';
}

function move(box, by) {
  const all = [...box.querySelectorAll('button')].filter((b) => !b.hidden);
  const at = all.indexOf(document.activeElement);
  if (all.length) all[(at + by + all.length) % all.length].focus();
}

// open shows a menu with that inside, beside the button from. A second press
// closes it.
export function open(from, label, inside, kind) {
  const again = shown && shown.from === from;
  shut();
  if (again) return;
  const box = h('div', { class: 'menu ' + (kind || ''), role: 'menu', 'aria-label': label, popover: 'manual' }, inside);
  (from.closest('dialog') || document.body).append(box);
  box.showPopover();
  shown = { box, from };
  from.setAttribute('aria-expanded', 'true');
  place(box, from);
  const first = box.querySelector('[aria-checked=true]') || box.querySelector('input, button');
  if (first) first.focus();
  box.addEventListener('keydown', (ev) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[ev.key];
    if (ev.target.tagName === 'INPUT' && /Left|Right/.test(ev.key)) return;
    if (step) { ev.preventDefault(); move(box, step); }
    if (ev.key === 'Escape' || ev.key === 'Tab') { ev.preventDefault(); ev.stopPropagation(); shut(); from.focus(); }
  });
}

// item is one line of a menu.
export function item(inside, does, attrs) {
  return h('button', { type: 'button', role: 'menuitem', ...attrs, onclick: () => { shut(); does(); } }, inside);
}

document.addEventListener('pointerdown', (ev) => { if (shown && !shown.box.contains(ev.target) && !shown.from.contains(ev.target)) shut(); });
document.addEventListener('scroll', (ev) => { if (shown && !shown.box.contains(ev.target)) shut(); }, true);
window.addEventListener('resize', () => shut());
