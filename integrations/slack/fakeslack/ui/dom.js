// dom.js: making elements, asking the server, and saying what went wrong.

// h makes an element. Texts become text nodes: nothing is ever read as HTML.
export function h(tag, attrs, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attrs || {})) {
    if (v === undefined || v === null || v === false) continue;
    if (k.startsWith('on')) e.addEventListener(k.slice(2), v);
    else if (k === 'value' || k === 'checked' || k === 'selected' || k === 'disabled' || k === 'multiple' || k === 'required') e[k] = v;
    else e.setAttribute(k, v === true ? '' : v);
  }
  e.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return e;
}

const NS = 'http://www.w3.org/2000/svg';

// svg makes an element of a picture.
export function svg(tag, attrs, ...children) {
  const e = document.createElementNS(NS, tag);
  for (const [k, v] of Object.entries(attrs || {})) e.setAttribute(k, v);
  e.append(...children.flat(Infinity));
  return e;
}

export const $ = (id) => document.getElementById(id);

let hiding;

// toast says something for some seconds, to screen readers too.
export function toast(text) {
  const t = $('toast');
  t.textContent = text;
  if (t.matches(':popover-open')) t.hidePopover();
  t.showPopover(); // above an open modal too
  clearTimeout(hiding);
  hiding = setTimeout(() => t.hidePopover(), 6000);
}

// get asks for JSON.
export async function get(path, params) {
  const answer = await fetch(path + '?' + new URLSearchParams(params));
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

// act does what a person does; errors are shown, and the answer returned.
export const act = (deed) => post('/_ui/do', deed);

// post sends JSON and shows what went wrong.
export async function post(path, deed) {
  try {
    const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(deed) });
    if (!answer.ok) throw new Error(await answer.text());
    const done = await answer.json();
    if (done.error) toast(done.error);
    return done;
  } catch (err) {
    toast('The server did not answer: ' + err.message);
    return { ok: false };
  }
}

// confirm asks a question as Block Kit words it; it resolves to true or false.
export function confirm(c) {
  const d = $('ask');
  return new Promise((resolve) => {
    const text = (t, other) => (t && t.text) || other;
    let yes = false;
    const end = (answer) => { yes = answer; d.close(); };
    d.replaceChildren(
      h('h2', { id: 'ask-title' }, text(c.title, 'Are you sure?')),
      h('p', {}, text(c.text, '')),
      h('div', { class: 'row end' },
        h('button', { type: 'button', onclick: () => end(false) }, text(c.deny, 'Cancel')),
        h('button', { type: 'button', class: c.style === 'danger' ? 'danger' : 'primary', onclick: () => end(true) }, text(c.confirm, 'Yes'))));
    d.addEventListener('close', () => resolve(yes), { once: true });
    d.showModal();
  });
}
