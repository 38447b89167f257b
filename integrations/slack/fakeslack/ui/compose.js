// compose.js: the boxes to write in, with what they offer for @, # and /.
import { h, $, act } from './dom.js';

// grow lets a box be as high as what is written in it.
export function grow(box) {
  box.style.height = 'auto';
  box.style.height = Math.min(box.scrollHeight, 180) + 'px';
}

// plain is the text of a message as it would be typed.
export function plain(text, person) {
  return text.replace(/<@(\w+)(?:\|[^>]*)?>/g, (all, id) => '@' + person(id).name).replace(/<!subteam\^\w+\|([^>]+)>/g, '$1').replace(/<!(\w+)>/g, '@$1').replace(/<#\w+\|([^>]+)>/g, '#$1')
    .replace(/<([^|>]+)(\|[^>]*)?>/g, '$1').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}

let offered = null; // {box, from, list, at}

function hide() {
  offered = null;
  $('offers').hidden = true;
}

// offers are what fits the word before the caret: [text, explanation].
function offers(word, state) {
  const rest = word.slice(1).toLowerCase();
  const fits = (...names) => names.some((n) => n && n.toLowerCase().split(/[\s]+/).concat(n.toLowerCase()).some((x) => x.startsWith(rest)));
  if (word[0] === '/') return state.commands.filter((c) => c.startsWith(word) && c !== word).map((c) => [c, 'command']);
  if (word[0] === '#') return state.channels.filter((c) => c.kind === 'channel' && fits(c.name)).map((c) => ['#' + c.name, c.topic]);
  return [...state.people.filter((p) => fits(p.name, p.real)).map((p) => ['@' + p.name, p.real]), ...(state.groups || []).filter((g) => fits(g.Handle)).map((g) => ['@' + g.Handle, 'group'])];
}

function offer(box, state) {
  const before = box.value.slice(0, box.selectionStart);
  const m = /(?:^|\s)([@#][\p{L}\p{N}_.-]*|\/[\w-]*)$/u.exec(before);
  const list = m && (m[1][0] !== '/' || m[1] === before) ? offers(m[1], state).slice(0, 7) : [];
  if (!list.length) return hide();
  offered = { box, from: box.selectionStart - m[1].length, list, at: 0 };
  drawOffers();
}

function drawOffers() {
  const panel = $('offers');
  panel.replaceChildren(...offered.list.map(([text, note], i) => h('button', { type: 'button', role: 'option', tabindex: -1, 'aria-selected': String(i === offered.at), onmousedown: (ev) => { ev.preventDefault(); take(i); } }, h('b', {}, text), h('small', {}, note || ''))));
  panel.hidden = false;
  const r = offered.box.getBoundingClientRect();
  panel.style.left = r.left + 'px';
  panel.style.bottom = innerHeight - r.top + 6 + 'px';
}

function take(i) {
  const { box, from, list } = offered;
  const text = list[i][0] + ' ';
  box.value = box.value.slice(0, from) + text + box.value.slice(box.selectionStart);
  box.selectionStart = box.selectionEnd = from + text.length;
  hide();
  grow(box);
}

// keys says whether the list of offers took a key.
function keys(ev) {
  if (!offered) return false;
  const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
  const chosen = ev.key === 'Tab' || (ev.key === 'Enter' && !ev.shiftKey);
  if (step) { offered.at = (offered.at + step + offered.list.length) % offered.list.length; drawOffers(); } else if (chosen) take(offered.at);
  else if (ev.key === 'Escape') { ev.stopPropagation(); hide(); } else return false;
  ev.preventDefault();
  return true;
}

function editing(form, on) {
  form.classList.toggle('edits', on);
  form.querySelector('.editing').hidden = !on;
}

// edit puts a message into the box to be changed.
export function edit(now, form, m, person) {
  const box = form.querySelector('textarea');
  now.edit = m;
  editing(form, true);
  box.value = plain(m.text, person);
  grow(box);
  box.focus();
}

function stop(now, form) {
  now.edit = null;
  editing(form, false);
}

async function write(now, form, thread, sent) {
  const box = form.querySelector('textarea');
  const text = box.value;
  if (!text.trim()) return;
  box.value = '';
  grow(box);
  const was = form.classList.contains('edits') && now.edit;
  const deed = was ? { do: 'edit', ts: was.ts, channel: was.channel } : { do: 'say', thread, channel: now.channel, broadcast: thread && $('broadcast').checked ? true : undefined };
  stop(now, form);
  const done = await act({ ...deed, as: now.me, text });
  if (!done.ok && !box.value) { box.value = text; grow(box); }
  if (done.ok && thread) $('broadcast').checked = false;
  sent();
}

// writing makes a form one to write messages with.
export function writing(now, form, thread, sent) {
  const box = form.querySelector('textarea');
  form.addEventListener('submit', (ev) => { ev.preventDefault(); hide(); write(now, form, thread(), sent); });
  box.addEventListener('input', () => { grow(box); offer(box, now.state); });
  box.addEventListener('blur', hide);
  box.addEventListener('keydown', (ev) => {
    if (keys(ev)) return;
    if (ev.key === 'Enter' && !ev.shiftKey && !ev.isComposing) { ev.preventDefault(); form.requestSubmit(); }
    if (ev.key === 'Escape' && form.classList.contains('edits')) { ev.stopPropagation(); stop(now, form); box.value = ''; grow(box); }
  });
}
