// app.js: who one is, what is shown, and keeping it up to date.
import { h, $, get, act, toast } from './dom.js';
import { world } from './mrkdwn.js';
import { list } from './message.js';
import { blocks } from './blocks.js';
import { show as showModal } from './modal.js';

const query = new URLSearchParams(location.search);
const now = { me: query.get('as') || localStorage.getItem('as') || '', channel: query.get('channel') || '', thread: query.get('thread') || '', tab: query.get('tab') || 'messages', state: null, edit: null, seen: {} };

function remember() {
  const q = new URLSearchParams({ as: now.me, channel: now.channel });
  if (now.thread) q.set('thread', now.thread);
  if (now.tab === 'home') q.set('tab', 'home');
  history.replaceState(null, '', '?' + q);
  localStorage.setItem('as', now.me);
}

const person = (id) => world.people.get(id) || { name: id, real: id, tz: 'UTC' };
const channelOf = (id) => now.state.channels.find((c) => c.id === id);
const isApp = () => now.channel === 'D' + now.me.slice(1);

function context() {
  return {
    me: now.me, zone: person(now.me).tz, name: (id) => (id === now.state.bot ? person(id).name : person(id).real), shortcuts: now.state.shortcuts,
    people: () => now.state.people.filter((p) => !p.bot), channels: () => now.state.channels.filter((c) => c.kind === 'channel' || c.kind === 'group'), thread: openThread, edit,
  };
}

// fill replaces the children only when they differ, so that focus, open menus and
// what is being chosen survive news that changes nothing here.
function fill(box, key, children) {
  if (box.dataset.key === key) return false;
  box.dataset.key = key;
  const focus = document.activeElement && box.contains(document.activeElement) ? where(document.activeElement) : null;
  box.replaceChildren(...children());
  if (focus) {
    const again = [...box.querySelectorAll(focus)][0];
    if (again) again.focus({ preventScroll: true });
  }
  return true;
}

// where is a selector that finds the same thing again after it was drawn anew.
function where(e) {
  const article = e.closest('[data-ts]');
  const base = article ? `[data-ts="${article.dataset.ts}"] ` : '';
  if (e.dataset.action) return base + `[data-action="${CSS.escape(e.dataset.action)}"]`;
  const label = e.getAttribute('aria-label');
  return label ? base + `[aria-label="${CSS.escape(label)}"]` : base + e.tagName.toLowerCase();
}

function drawPeople() {
  const key = JSON.stringify([now.state.people, now.me]);
  fill($('me'), key, () => now.state.people.filter((p) => !p.bot).map((p) => h('option', { value: p.id, selected: p.id === now.me }, p.title ? `${p.real} – ${p.title}` : p.real)));
}

const MARK = { channel: '#', group: '🔒', mpim: '👥', im: '!' };

function drawChannels() {
  const row = (c) => h('li', {}, h('button', {
    type: 'button', class: (c.id === now.channel ? 'here ' : '') + (c.unread && c.member ? 'unread' : '') + (c.member ? '' : ' out'), 'aria-current': c.id === now.channel ? 'page' : undefined,
    'data-channel': c.id, onclick: () => openChannel(c.id),
  }, h('span', { class: 'mark', 'aria-hidden': 'true' }, MARK[c.kind] || '#'), h('span', { class: 'name' }, c.name), c.archived ? h('small', {}, 'archived') : null, c.shared ? h('small', {}, 'shared') : null,
  c.unread && c.member ? h('span', { class: 'count', 'aria-label': `${c.unread} unread` }, String(Math.min(c.unread, 99))) : null));
  const group = (name, of) => (of.length ? [h('h2', {}, name), h('ul', {}, of.map(row))] : []);
  const all = now.state.channels;
  fill($('channels'), JSON.stringify([all, now.channel]), () => [
    ...group('Channels', all.filter((c) => (c.kind === 'channel' || c.kind === 'group') && c.member)),
    ...group('Direct messages', all.filter((c) => c.kind === 'im' || c.kind === 'mpim')),
    ...group('More channels', all.filter((c) => (c.kind === 'channel') && !c.member))]);
  const cuts = now.state.shortcuts.filter((s) => !s.message);
  fill($('shortcuts'), JSON.stringify([cuts, now.me]), () => (cuts.length ? [h('h2', {}, 'Shortcuts'), ...cuts.map((s) => h('button', { type: 'button', onclick: () => act({ do: 'shortcut', as: now.me, id: s.id }) }, '⚡ ' + s.name))] : []));
  $('link').textContent = now.state.connected ? '' : 'No app is connected';
}

function drawHead() {
  const c = channelOf(now.channel) || { name: '', kind: '', people: [] };
  $('title').textContent = (c.kind === 'channel' ? '#' : '') + c.name;
  $('topic').textContent = c.kind === 'im' ? 'App' : (c.topic || `${c.people.length} ${c.people.length === 1 ? 'member' : 'members'}`);
  const tab = (id, name) => h('button', { type: 'button', role: 'tab', id: 'tab-' + id, 'aria-selected': String(now.tab === id), onclick: () => openTab(id) }, name);
  fill($('tabs'), JSON.stringify([isApp(), now.tab]), () => (isApp() ? [tab('home', 'Home'), tab('messages', 'Messages')] : []));
  fill($('tools'), JSON.stringify([c.id, c.member, c.kind]), () => {
    if (c.kind !== 'channel' && c.kind !== 'group') return [];
    const deed = c.member ? 'leave' : 'join';
    return [h('button', { type: 'button', onclick: () => act({ do: deed, as: now.me, channel: c.id }) }, c.member ? 'Leave' : 'Join')];
  });
  const home = isApp() && now.tab === 'home';
  $('home').hidden = !home;
  $('log').hidden = home;
  $('write').hidden = home || !c.member || c.archived;
  $('box').placeholder = 'Message ' + $('title').textContent;
}

function drawHome() {
  const v = now.state.home;
  const ctx = context();
  fill($('home'), JSON.stringify([v, now.me]), () => (v
    ? blocks(v.blocks, { ref: { as: now.me, view: v.id }, state: (v.state || {}).values, people: ctx.people, channels: ctx.channels, act })
    : [h('p', { class: 'empty' }, 'The app has not published anything here yet.')]));
}

// draw shows messages, and stays at the end when the reader was there.
function draw(box, messages, ctx, empty) {
  const end = box.scrollHeight - box.scrollTop - box.clientHeight < 60 || !box.dataset.key;
  const anew = fill(box, JSON.stringify([messages, now.me, now.state.shortcuts]), () => (messages.length ? list(messages, ctx) : [h('p', { class: 'empty' }, empty)]));
  if (anew && end) box.scrollTop = box.scrollHeight;
}

let asked = 0;

async function refresh() {
  const turn = ++asked;
  try {
    const state = await get('/_ui/state', { as: now.me });
    if (turn !== asked) return;
    now.state = state;
    world.people = new Map(state.people.map((p) => [p.id, p]));
    world.channels = new Map(state.channels.map((c) => [c.id, c]));
    world.groups = new Map((state.groups || []).map((g) => [g.ID, g]));
    const somebody = state.people.find((p) => !p.bot);
    if (!world.people.has(now.me) && somebody) { now.me = somebody.id; return refresh(); }
    if (!channelOf(now.channel)) now.channel = (state.channels.find((c) => c.member && c.kind === 'channel') || state.channels[0] || { id: '' }).id;
    const [messages, thread] = await Promise.all([
      get('/_ui/channel', { as: now.me, channel: now.channel }),
      now.thread ? get('/_ui/channel', { as: now.me, channel: now.channel, thread: now.thread }) : [],
    ]);
    if (turn !== asked) return;
    const c = channelOf(now.channel);
    if (c && c.unread && !document.hidden && !(isApp() && now.tab === 'home')) { c.unread = 0; act({ do: 'read', as: now.me, channel: now.channel }); }
    drawPeople(); drawChannels(); drawHead(); drawHome();
    const ctx = context();
    draw($('log'), messages, ctx, c && c.member ? 'Nothing was written here yet.' : 'You are not in this channel.');
    $('thread').hidden = !now.thread;
    if (now.thread) draw($('replies'), thread, { ...ctx, thread: null }, 'This message is gone.');
    showModal(state.modals, ctx);
    remember();
  } catch (err) {
    toast('The page cannot be brought up to date: ' + err.message);
  }
}

function openChannel(id) {
  now.channel = id; now.thread = ''; now.tab = 'messages';
  now.edit = null;
  delete $('log').dataset.key;
  side(false);
  if (isApp()) return openTab(now.state.home ? 'home' : 'messages');
  refresh().then(() => $('box').focus());
}

function openTab(tab) {
  now.tab = tab;
  delete $('log').dataset.key;
  act({ do: tab, as: now.me });
  refresh();
}

function openThread(ts) {
  now.thread = ts;
  delete $('replies').dataset.key;
  refresh().then(() => $('answer').focus());
}

function closeThread() {
  now.thread = '';
  refresh().then(() => $('box').focus());
}

function edit(m) {
  now.edit = m;
  const plain = m.text.replace(/<@(\w+)>/g, (all, id) => '@' + person(id).name).replace(/<#\w+\|([^>]+)>/g, '#$1').replace(/<([^|>]+)(\|[^>]*)?>/g, '$1').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
  const box = m.thread_ts && m.thread_ts !== m.ts && now.thread ? $('answer') : $('box');
  box.value = plain;
  box.focus();
}

function side(open) {
  document.body.classList.toggle('side', open);
  $('menu').setAttribute('aria-expanded', String(open));
  if (open) $('me').focus();
}

async function write(box, thread) {
  const text = box.value;
  if (!text.trim()) return;
  box.value = '';
  grow(box);
  const was = now.edit;
  now.edit = null;
  const deed = was ? { do: 'edit', ts: was.ts } : { do: 'say', thread, broadcast: thread ? $('broadcast').checked : undefined };
  const done = await act({ ...deed, as: now.me, channel: now.channel, text });
  if (!done.ok && !box.value) box.value = text;
  const log = thread ? $('replies') : $('log');
  log.scrollTop = log.scrollHeight;
}

function grow(box) {
  box.style.height = 'auto';
  box.style.height = Math.min(box.scrollHeight + 2, 160) + 'px';
}

function writing(form, box, thread) {
  form.addEventListener('submit', (ev) => { ev.preventDefault(); write(box, thread()); });
  box.addEventListener('input', () => grow(box));
  box.addEventListener('keydown', (ev) => {
    if (ev.key === 'Enter' && !ev.shiftKey && !ev.isComposing) { ev.preventDefault(); form.requestSubmit(); }
    if (ev.key === 'Escape' && now.edit) { now.edit = null; box.value = ''; }
  });
}

writing($('write'), $('box'), () => undefined);
writing($('reply'), $('answer'), () => now.thread);
$('unthread').addEventListener('click', closeThread);
$('menu').addEventListener('click', () => side(!document.body.classList.contains('side')));
$('me').addEventListener('change', () => {
  now.me = $('me').value;
  now.thread = '';
  now.edit = null;
  if (now.channel.startsWith('D')) now.channel = 'D' + now.me.slice(1);
  delete $('log').dataset.key;
  refresh();
});
document.addEventListener('keydown', (ev) => {
  if (ev.key !== 'Escape') return;
  if (document.body.classList.contains('side')) side(false);
  else if (now.thread && !document.querySelector('dialog[open]')) closeThread();
});
document.addEventListener('click', (ev) => {
  for (const d of document.querySelectorAll('details.overflow[open]')) if (!d.contains(ev.target)) d.open = false;
  if (document.body.classList.contains('side') && !$('side').contains(ev.target) && !$('menu').contains(ev.target)) side(false);
});

// A list that stood at its end stays there when it gets another size.
for (const box of [$('log'), $('replies')]) {
  let end = true;
  box.addEventListener('scroll', () => { end = box.scrollHeight - box.scrollTop - box.clientHeight < 60; }, { passive: true });
  new ResizeObserver(() => { if (end) box.scrollTop = box.scrollHeight; }).observe(box);
}

let soon;
const news = new EventSource('/_ui/events');
news.onmessage = () => { clearTimeout(soon); soon = setTimeout(refresh, 40); };
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
