// app.js: who one is, what is shown, and keeping it up to date.
import { h, $, get, act, toast } from './dom.js';
import { world } from './mrkdwn.js';
import { hasEmoji } from './icons.js';
import { list } from './message.js';
import { blocks } from './blocks.js';
import { show as showModal } from './modal.js';
import { draw as drawBar } from './bar.js';
import { drawMe } from './people.js';
import { drawSide, drawHead } from './side.js';
import { writing, edit } from './compose.js';

const first = JSON.parse($('first').textContent);
const PAGE = 100;
const now = { me: first.me, channel: first.channel, thread: first.thread, tab: first.tab, state: first.state, edit: null, limit: PAGE, go: '' };

const person = (id) => world.people.get(id) || { id, name: id, real: id, tz: 'UTC' };
const channelOf = (id) => now.state.channels.find((c) => c.id === id);
const dm = () => 'D' + now.me.slice(1);
const isApp = () => now.channel === dm();

function remember() {
  const q = new URLSearchParams({ as: now.me, channel: now.channel });
  if (now.thread) q.set('thread', now.thread);
  if (now.tab === 'home') q.set('tab', 'home');
  history.replaceState(null, '', '?' + q);
}

function context() {
  return {
    me: now.me, zone: world.zone, now: now.state.now, person: (id) => (id === now.state.bot ? { ...person(id), real: person(id).name } : person(id)), shortcuts: now.state.shortcuts,
    people: () => now.state.people.filter((p) => !p.bot), channels: () => now.state.channels.filter((c) => c.kind === 'channel' || c.kind === 'group'), thread: openThread,
    edit: (m) => edit(now, m.thread_ts && m.thread_ts !== m.ts && now.thread ? $('reply') : $('write'), m, person),
  };
}

// fill replaces the children only when they differ, so that focus and what is
// being chosen survive news that changes nothing here.
function fill(box, key, children) {
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  const focus = box.contains(document.activeElement) ? trace(document.activeElement) : null;
  box.replaceChildren(...children());
  const again = focus && box.querySelector(focus);
  if (again) again.focus({ preventScroll: true });
}

// trace is a selector that finds the same thing again after it was drawn anew.
function trace(e) {
  const name = ['data-action-id', 'data-channel', 'data-do', 'id'].find((n) => e.getAttribute(n));
  return name ? `[${name}="${CSS.escape(e.getAttribute(name))}"]` : e.tagName.toLowerCase();
}

// one brings one thing of a list up to date and returns it; at is where it belongs.
function one(box, i, e, at) {
  if (e && e.dataset.key === i.key) {
    if (e !== at) box.insertBefore(e, at);
    return e;
  }
  const next = i.make();
  next.dataset.id = i.id;
  next.dataset.key = i.key;
  const focus = e && e.contains(document.activeElement) ? trace(document.activeElement) : null;
  box.insertBefore(next, at);
  if (e) e.remove();
  const again = focus && next.querySelector(focus);
  if (again) again.focus({ preventScroll: true });
  return next;
}

// draw brings a list of messages up to date: what did not change stays as it is,
// and what is new or was changed is marked for a moment.
function draw(box, items, place, empty) {
  const moved = box.dataset.place !== place;
  const longer = !moved && box.dataset.limit !== String(now.limit);
  const end = moved || atEnd(box);
  const left = box.scrollHeight - box.scrollTop;
  if (moved) box.replaceChildren();
  const old = new Map([...box.children].map((e) => [e.dataset.id, e]));
  const all = items.length ? items : [{ id: 'empty', key: empty, make: () => h('p', { class: 'empty' }, empty) }];
  const keep = new Set(all.map((i) => i.id));
  for (const [id, e] of old) if (!keep.has(id)) e.remove();
  let at = box.firstElementChild;
  for (const i of all) {
    const was = old.get(i.id);
    const e = one(box, i, was, at);
    if (e !== was && i.ts && !moved && !longer && (was || i.ts > box.dataset.last)) e.classList.add('fresh');
    at = e.nextElementSibling;
  }
  Object.assign(box.dataset, { place, limit: now.limit, last: items.reduce((a, i) => (i.ts > a ? i.ts : a), '') });
  if (longer) box.scrollTop = box.scrollHeight - left;
  else if (end) box.scrollTop = box.scrollHeight;
}

const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 80;

function drawMessages(messages, replies) {
  const ctx = context();
  const c = channelOf(now.channel);
  const more = messages.length > now.limit;
  const items = list(more ? messages.slice(-now.limit) : messages, ctx, 'c');
  if (more) items.unshift({ id: 'older', key: String(now.limit), make: () => h('button', { type: 'button', class: 'older', 'data-do': 'older', onclick: () => { now.limit += PAGE; refresh(); } }, 'Show older messages') });
  draw($('log'), items, [now.me, now.channel].join(), c && c.member ? 'Nothing was written here yet.' : 'Nothing to see here yet.');
  $('thread').hidden = !now.thread;
  if (now.thread) {
    draw($('replies'), list(replies, { ...ctx, thread: null }, 't'), [now.me, now.channel, now.thread].join(), 'This message is gone.');
  }
  reveal();
}

// reveal scrolls to the message that a link led to.
function reveal() {
  if (!now.go) return;
  const e = [...document.querySelectorAll('[data-ts]')].reverse().find((x) => x.dataset.ts === now.go);
  now.go = '';
  if (!e) return toast('That message is gone, or further back.');
  e.scrollIntoView({ block: 'center' });
  e.classList.add('found');
  setTimeout(() => e.classList.remove('found'), 3000);
}

function drawHome() {
  const v = now.state.home;
  const ctx = context();
  fill($('home'), JSON.stringify([v, now.me, now.channel]), () => [h('div', { class: 'inside' }, v
    ? blocks(v.blocks, { ref: { as: now.me, view: v.id }, state: (v.state || {}).values, people: ctx.people, channels: ctx.channels, act })
    : h('p', { class: 'empty' }, 'The app has not published anything here yet.'))]);
}

function take(state) {
  now.state = state;
  Object.assign(world, {
    people: new Map(state.people.map((p) => [p.id, p])), channels: new Map(state.channels.map((c) => [c.id, c])), groups: new Map((state.groups || []).map((g) => [g.ID, g])),
    me: now.me, now: state.now, zone: (state.people.find((p) => p.id === now.me) || { tz: 'UTC' }).tz,
  });
}

function drawAll(messages, replies) {
  const c = channelOf(now.channel);
  if (c && c.unread && !document.hidden && !(isApp() && now.tab === 'home')) { c.unread = 0; act({ do: 'read', as: now.me, channel: now.channel }); }
  drawMe(now, become);
  drawSide(now, fill, openChannel);
  drawHead(now, fill, isApp(), openTab);
  drawHome();
  drawMessages(messages, replies);
  showModal(now.state.modals, context());
  remember();
}

let turn = 0;

// refresh asks for everything that is shown. Of several the last one counts.
async function refresh() {
  const mine = ++turn;
  try {
    const ask = (more) => get('/_ui/channel', { as: now.me, channel: now.channel, ...more });
    const [state, messages, replies] = await Promise.all([get('/_ui/state', { as: now.me }), ask({ limit: now.limit + 1 }), now.thread ? ask({ thread: now.thread, limit: 5000 }) : []]);
    if (mine !== turn) return;
    take(state);
    if (channelOf(now.channel)) return drawAll(messages, replies);
    now.channel = (state.channels.find((c) => c.member && c.kind !== 'im') || state.channels[0] || { id: '' }).id;
    now.thread = '';
    if (now.channel) await refresh();
  } catch (err) {
    if (mine === turn) toast('The page cannot be brought up to date: ' + err.message);
  }
}

let busy = false, again = false;

// news refreshes, but never more often than answers come.
async function news() {
  again = true;
  if (busy) return;
  busy = true;
  while (again) {
    again = false;
    await refresh();
    await new Promise((done) => { setTimeout(done, 60); });
  }
  busy = false;
}

function become(id) {
  const app = isApp();
  Object.assign(now, { me: id, thread: '', edit: null, limit: PAGE });
  if (app) now.channel = dm();
  side(false);
  refresh();
}

function openChannel(id, thread, ts) {
  Object.assign(now, { channel: id, thread: thread || '', tab: 'messages', edit: null, limit: PAGE, go: ts || '' });
  side(false);
  if (isApp() && !ts) return openTab(now.state.home ? 'home' : 'messages');
  return refresh().then(() => { if (matchMedia('(min-width: 701px)').matches) $('box').focus(); });
}

function openTab(tab) {
  now.tab = tab;
  act({ do: tab, as: now.me });
  return refresh();
}

function openThread(ts) {
  now.thread = ts;
  refresh().then(() => $('answer').focus());
}

function closeThread() {
  now.thread = '';
  refresh().then(() => $('box').focus());
}

function side(open) {
  document.body.classList.toggle('side', open);
  $('menu').setAttribute('aria-expanded', String(open));
  if (open) $('me').focus();
}

const down = (box) => () => { $(box).scrollTop = $(box).scrollHeight; };
writing(now, $('write'), () => undefined, down('log'));
writing(now, $('reply'), () => now.thread, down('replies'));
$('unthread').addEventListener('click', closeThread);
$('menu').addEventListener('click', () => side(!document.body.classList.contains('side')));
$('shade').addEventListener('click', () => side(false));
document.addEventListener('keydown', (ev) => {
  if (ev.key !== 'Escape' || document.querySelector('dialog[open]')) return;
  if (document.body.classList.contains('side')) side(false);
  else if (now.thread) closeThread();
});
document.addEventListener('click', (ev) => {
  const to = ev.target.closest && ev.target.closest('[data-go]');
  if (!to || !channelOf(to.dataset.go)) return;
  ev.preventDefault();
  openChannel(to.dataset.go, to.dataset.in, to.dataset.at);
});

// A list that stood at its end stays there when it gets another size.
for (const box of [$('log'), $('replies')]) {
  let end = true;
  box.addEventListener('scroll', () => { end = atEnd(box); }, { passive: true });
  new ResizeObserver(() => { if (end) box.scrollTop = box.scrollHeight; }).observe(box);
  box.addEventListener('load', () => { if (end) box.scrollTop = box.scrollHeight; }, true); // pictures
}

world.emoji = hasEmoji();

// What came with the page is drawn before it counts as loaded.
take(first.state);
drawBar(first.bar);
drawAll(first.messages, first.replies);
if (isApp() && now.tab === 'home') act({ do: 'home', as: now.me });
document.documentElement.dataset.ready = 'true';

const stream = new EventSource('/_ui/events');
stream.onmessage = news;
stream.addEventListener('bar', (ev) => drawBar(JSON.parse(ev.data)));
document.addEventListener('visibilitychange', () => { if (!document.hidden) news(); });
