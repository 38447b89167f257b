// modal.js: the topmost modal of a person.
import { h, $, act } from './dom.js';
import { text } from './mrkdwn.js';
import { blocks } from './blocks.js';
import { entered } from './elements.js';

let open = null; // what is shown: {id, hash, form}

function collect() {
  const out = {};
  for (const f of open.form) out[f.block + '/' + f.action] = entered(f.node, f.kind);
  return out;
}

// keep puts what was typed but not told yet into the inputs that are still there.
function keep(form, before) {
  for (const f of form) {
    const old = before.find((x) => x.block === f.block && x.action === f.action && x.kind === f.kind);
    if (!old) continue;
    if (old.node.matches('.choices')) for (const i of f.node.querySelectorAll('input')) i.checked = entered(old.node, old.kind).includes(i.value);
    else if (old.node.value !== '') f.node.value = old.node.value;
  }
}

async function submit(ctx, view) {
  const b = $('modal').querySelector('button[type=submit]');
  if (b) b.setAttribute('aria-busy', 'true');
  const done = await act({ do: 'submit', as: ctx.me, view: view.id, state: collect() });
  if (b) b.removeAttribute('aria-busy');
  if (!open) return;
  const errors = done.errors || {};
  let first = null;
  for (const f of open.form) {
    const say = errors[f.block];
    f.wrong.hidden = !say;
    f.wrong.textContent = say || '';
    f.node.toggleAttribute('aria-invalid', Boolean(say));
    if (say) f.node.setAttribute('aria-invalid', 'true');
    if (say && !first) first = f.node;
  }
  if (first) (first.matches('.choices') ? first.querySelector('input') : first).focus();
}

// show brings the dialog to what the server says is open.
export function show(views, ctx) {
  const d = $('modal');
  const view = views[views.length - 1];
  if (!view) {
    open = null;
    if (d.open) d.close();
    return;
  }
  if (open && open.id === view.id && open.hash === view.hash && open.me === ctx.me) return;
  const before = open && open.id === view.id ? open.form : [];
  const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.actionId : null;
  const form = [];
  const close = (all) => act({ do: 'close', as: ctx.me, view: view.id, all });
  const here = { ref: { as: ctx.me, view: view.id }, state: (view.state || {}).values, people: ctx.people, channels: ctx.channels, act, form };
  open = { id: view.id, hash: view.hash, me: ctx.me, form };
  d.classList.toggle('stacked', views.length > 1);
  d.dataset.view = view.id;
  d.replaceChildren(h('form', { onsubmit: (ev) => { ev.preventDefault(); submit(ctx, view); }, novalidate: true },
    h('header', {}, views.length > 1 ? h('button', { type: 'button', class: 'plain icon', 'aria-label': 'Back', onclick: () => close(false) }, '‹') : null, h('h2', { id: 'modal-title' }, text(view.title)), h('button', { type: 'button', class: 'plain icon', 'aria-label': 'Close', onclick: () => close(true) }, '✕')),
    h('div', { class: 'inside' }, blocks(view.blocks, here)),
    h('div', { class: 'row end' },
      h('button', { type: 'button', 'data-do': 'close', onclick: () => close(false) }, view.close ? text(view.close) : (views.length > 1 ? 'Back' : 'Cancel')),
      view.submit ? h('button', { type: 'submit', class: 'primary', 'data-do': 'submit' }, text(view.submit)) : null)));
  keep(form, before);
  d.oncancel = (ev) => { ev.preventDefault(); close(false); };
  if (!d.open) d.showModal();
  const again = focused && form.find((f) => f.action === focused);
  const first = again || form[0];
  if (first) (first.node.matches('.choices') ? first.node.querySelector('input') : first.node).focus();
}
