// bar.js: what the program around the server put above the page.
import { h, $, post, toast } from './dom.js';

let last = '';

async function use(id, value) {
  const done = await post('/_ui/bar', { id, value });
  if (done.bar) draw(done.bar);
  if (!done.ok && !done.error) toast('The server did not answer');
}

function control(c) {
  if (!c.choices) return h('button', { type: 'button', 'data-control': c.id, 'aria-pressed': c.current ? String(c.current === 'on') : undefined, onclick: () => use(c.id, '') }, c.label);
  return h('label', {}, h('span', {}, c.label), h('select', { 'data-control': c.id, onchange: (ev) => use(c.id, ev.target.value) },
    c.choices.map((v) => h('option', { value: v, selected: v === c.current }, v))));
}

// draw shows the bar as it looks now; the controls stay as long as they look the same.
export function draw(face) {
  const bar = $('bar');
  bar.hidden = !face.shown;
  if (bar.hidden) return;
  const key = JSON.stringify(face.controls);
  if (key !== last) {
    const held = document.activeElement && document.activeElement.dataset.control;
    last = key;
    bar.replaceChildren(h('span', { id: 'status', role: 'status', 'aria-live': 'off' }), h('div', { class: 'controls' }, h('a', { id: 'look', hidden: true }, 'Show me'), face.controls.map(control)));
    const again = held && [...bar.querySelectorAll('[data-control]')].find((e) => e.dataset.control === held);
    if (again) again.focus();
  }
  const look = $('look');
  look.hidden = !face.look;
  if (face.look && look.getAttribute('href') !== face.look) {
    look.href = face.look;
    look.target = face.look.startsWith('/?') ? '' : '_blank'; // what is no channel has no way back
  }
  if ($('status').textContent !== face.status) $('status').textContent = face.status;
}
