// message.js: one message with what can be done about it.
import { h, act } from './dom.js';
import { mrkdwn, emoji, EMOJI } from './mrkdwn.js';
import { blocks } from './blocks.js';

const QUICK = ['eyes', 'white_check_mark', 'rotating_light', '+1', 'tada', 'heart'];

function initials(name) {
  return name.split(/[\s.]+/).map((w) => w[0]).join('').slice(0, 2).toUpperCase();
}

// hue is the colour of a person, always the same.
const hue = (id) => [...id].reduce((a, c) => (a * 31 + c.charCodeAt(0)) % 6, 7);

const at = (ts) => new Date(Number(ts.split('.')[0]) * 1000);

export function clock(ts, zone) {
  return at(ts).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', timeZone: zone });
}

export function day(ts, zone) {
  return at(ts).toLocaleDateString([], { weekday: 'long', month: 'long', day: 'numeric', timeZone: zone });
}

function reactions(m, ctx) {
  if (!m.reactions || !m.reactions.length) return null;
  return h('div', { class: 'reactions' }, m.reactions.map((r) => {
    const mine = r.users.includes(ctx.me);
    const names = r.users.map((u) => ctx.name(u)).join(', ');
    return h('button', {
      type: 'button', class: mine ? 'mine' : '', 'aria-pressed': String(mine), 'aria-label': `${r.name}: ${r.count}, by ${names}`, title: names,
      onclick: () => act({ do: mine ? 'unreact' : 'react', as: ctx.me, channel: m.channel, ts: m.ts, emoji: r.name }),
    }, emoji(r.name), ' ', String(r.count));
  }));
}

// tools are the things to do about a message, in a menu.
function tools(m, ctx) {
  const deed = (d) => act({ as: ctx.me, channel: m.channel, ts: m.ts, ...d });
  if (m.ephemeral) return h('div', { class: 'tools' }, h('button', { type: 'button', class: 'plain', 'aria-label': 'Dismiss', onclick: () => deed({ do: 'delete' }) }, '✕'));
  const menu = h('details', { class: 'overflow' });
  const item = (name, f) => h('li', {}, h('button', { type: 'button', onclick: () => { menu.open = false; f(); } }, name));
  const items = ctx.shortcuts.filter((s) => s.message).map((s) => item(s.name, () => deed({ do: 'shortcut', id: s.id })));
  if (ctx.thread) items.unshift(item('Reply in thread', () => ctx.thread(m.thread_ts || m.ts)));
  if (m.user === ctx.me && !m.subtype) items.push(item('Edit', () => ctx.edit(m)), item('Delete', () => deed({ do: 'delete' })));
  menu.append(h('summary', { 'aria-label': 'More about this message' }, '⋮'), h('ul', {},
    h('li', { class: 'quick' }, QUICK.map((n) => h('button', { type: 'button', class: 'plain', 'aria-label': 'React with ' + n, onclick: () => { menu.open = false; deed({ do: 'react', emoji: n }); } }, EMOJI[n]))),
    items));
  menu.addEventListener('keydown', (ev) => { if (ev.key === 'Escape' && menu.open) { ev.stopPropagation(); menu.open = false; menu.firstChild.focus(); } });
  return h('div', { class: 'tools' },
    ctx.thread ? h('button', { type: 'button', class: 'plain', 'aria-label': 'Reply in thread', title: 'Reply in thread', onclick: () => ctx.thread(m.thread_ts || m.ts) }, '💬') : null, menu);
}

function files(m) {
  return (m.files || []).map((f) => {
    if (!f.url_private) return h('p', { class: 'note' }, f.title + ' is being processed');
    const path = new URL(f.url_private).pathname;
    if (/^image\//.test(f.mimetype)) return h('figure', {}, h('figcaption', {}, f.title), h('img', { src: path, alt: f.alt_txt || f.title }));
    return h('a', { href: path, class: 'file' }, '📄 ' + f.title);
  });
}

// message renders one message. ctx: {me, zone, name, shortcuts, thread, edit, people, channels, join}.
export function message(m, ctx, joined) {
  const name = ctx.name(m.user);
  const bot = Boolean(m.bot_id);
  const here = { ref: { as: ctx.me, channel: m.channel, ts: m.ts }, state: m.state, people: ctx.people, channels: ctx.channels, act };
  const body = m.blocks && m.blocks.length ? blocks(m.blocks, here) : h('div', { class: 'line' }, mrkdwn(m.text));
  if (m.subtype === 'channel_join') return h('article', { class: 'message quiet', 'data-ts': m.ts }, h('p', {}, mrkdwn(m.text), ' ', h('time', {}, clock(m.ts, ctx.zone))));
  return h('article', { class: 'message' + (joined ? ' joined' : '') + (m.ephemeral ? ' ephemeral' : ''), 'data-ts': m.ts, 'aria-label': `${name}, ${clock(m.ts, ctx.zone)}` },
    h('div', { class: 'avatar ' + (bot ? 'bot' : 'p' + hue(m.user)), 'aria-hidden': 'true' }, bot ? '!' : initials(name)),
    h('div', { class: 'what' },
      h('header', {}, h('strong', {}, name), bot ? h('span', { class: 'badge' }, 'APP') : null, h('time', { datetime: at(m.ts).toISOString() }, clock(m.ts, ctx.zone))),
      m.ephemeral ? h('p', { class: 'note' }, '👁 Only visible to you') : null,
      body, files(m),
      m.edited ? h('span', { class: 'note' }, '(edited)') : null,
      reactions(m, ctx),
      m.reply_count && ctx.thread ? h('button', { type: 'button', class: 'replies', onclick: () => ctx.thread(m.ts) }, `${m.reply_count} ${m.reply_count === 1 ? 'reply' : 'replies'}`) : null),
    tools(m, ctx));
}

// list renders messages with a line for each new day. Those of one person within
// five minutes stand together.
export function list(all, ctx) {
  const out = [];
  let last = null;
  for (const m of all) {
    const d = day(m.ts, ctx.zone);
    const fresh = !last || day(last.ts, ctx.zone) !== d;
    if (fresh) out.push(h('div', { class: 'day', role: 'separator' }, h('span', {}, d)));
    const joined = !fresh && last.user === m.user && !last.subtype && !m.ephemeral && !last.ephemeral && Number(m.ts) - Number(last.ts) < 300;
    out.push(message(m, ctx, joined));
    last = m;
  }
  return out;
}
