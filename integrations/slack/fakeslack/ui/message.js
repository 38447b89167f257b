// message.js: one message with what can be done about it.
import { h, act } from './dom.js';
import { mrkdwn, glyph, drawable } from './mrkdwn.js';
import { icon } from './icons.js';
import { blocks } from './blocks.js';
import { avatar } from './people.js';
import { open, item, shut } from './menu.js';

const QUICK = ['eyes', 'white_check_mark', 'rotating_light'];
const MORE = ['eyes', 'white_check_mark', 'rotating_light', '+1', '-1', 'heart', 'tada', 'pray', 'raised_hands', 'wave', 'fire', 'warning', 'question', 'thinking_face', 'hourglass', 'wrench', 'bulb', 'rocket', 'sos', 'x', 'zzz', 'mag', 'ticket', 'handshake'];

const at = (ts) => new Date(Number(ts.split('.')[0]) * 1000);
const clock = (ts, zone) => at(ts).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: zone });
const full = (ts, zone) => at(ts).toLocaleString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: zone });
const date = (d, zone) => d.toLocaleDateString('en-GB', { weekday: 'long', month: 'long', day: 'numeric', timeZone: zone });

// day is the day of a message as people say it.
function day(ts, ctx) {
  const d = date(at(ts), ctx.zone);
  if (ctx.now - Number(ts) < 172800) {
    if (d === date(new Date(ctx.now * 1000), ctx.zone)) return 'Today';
    if (d === date(new Date((ctx.now - 86400) * 1000), ctx.zone)) return 'Yesterday';
  }
  return d;
}

const deed = (m, ctx) => (d) => act({ as: ctx.me, channel: m.channel, ts: m.ts, ...d });

const put = (m, ctx, n) => h('button', { type: 'button', class: 'plain icon', 'data-do': 'react-' + n, 'aria-label': 'React with ' + n, title: ':' + n + ':', onclick: () => { shut(); deed(m, ctx)({ do: 'react', emoji: n }); } }, glyph(n));

function picker(m, ctx, from) {
  open(from, 'Reactions', h('div', { class: 'grid' }, MORE.filter(drawable).map((n) => put(m, ctx, n))), 'emoji');
}

function reactions(m, ctx) {
  if (!m.reactions || !m.reactions.length) return null;
  const add = h('button', { type: 'button', class: 'add', 'aria-label': 'Add a reaction', 'aria-haspopup': 'menu', onclick: (ev) => picker(m, ctx, ev.currentTarget) }, icon('smile'));
  return h('div', { class: 'reactions' }, m.reactions.map((r) => {
    const mine = r.users.includes(ctx.me);
    const names = r.users.map((u) => ctx.person(u).real).join(', ');
    return h('button', {
      type: 'button', class: mine ? 'mine' : '', 'data-emoji': r.name, 'aria-pressed': String(mine), 'aria-label': `${r.name}: ${r.count}, by ${names}`, title: names,
      onclick: () => deed(m, ctx)({ do: mine ? 'unreact' : 'react', emoji: r.name }),
    }, h('span', { class: 'glyph' }, glyph(r.name)), String(r.count));
  }), add);
}

function more(m, ctx, from) {
  const does = deed(m, ctx);
  const items = [h('div', { class: 'quick' }, ['eyes', 'white_check_mark', 'rotating_light', '+1', 'tada', 'heart'].map((n) => put(m, ctx, n)))];
  if (ctx.thread) items.push(item('Reply in thread', () => ctx.thread(m.thread_ts || m.ts)));
  items.push(...ctx.shortcuts.filter((s) => s.message).map((s) => item([h('span', { 'aria-hidden': 'true' }, '⚡ '), s.name], () => does({ do: 'shortcut', id: s.id }), { 'data-shortcut': s.id })));
  if (m.user === ctx.me && !m.subtype) items.push(h('hr'), item('Edit message', () => ctx.edit(m)), item('Delete message', () => does({ do: 'delete' }), { class: 'danger' }));
  open(from, 'More about this message', items);
}

// tools are the things to do about a message.
function tools(m, ctx) {
  if (m.ephemeral) return null;
  const button = (name, glyph, f, attrs) => h('button', { type: 'button', class: 'plain icon', 'aria-label': name, title: name, onclick: f, ...attrs }, glyph);
  return h('div', { class: 'tools', role: 'group', 'aria-label': 'Message' },
    QUICK.map((n) => put(m, ctx, n)),
    button('Add a reaction', icon('smile'), (ev) => picker(m, ctx, ev.currentTarget), { 'aria-haspopup': 'menu', 'data-do': 'pick' }),
    ctx.thread ? button('Reply in thread', icon('reply'), () => ctx.thread(m.thread_ts || m.ts), { 'data-do': 'thread' }) : null,
    button('More about this message', '⋮', (ev) => more(m, ctx, ev.currentTarget), { 'aria-haspopup': 'menu', class: 'plain icon more', 'data-do': 'more' }));
}

function files(m) {
  return (m.files || []).map((f) => {
    if (!f.url_private) return h('p', { class: 'note' }, f.title + ' is being processed');
    const path = new URL(f.url_private, location.href).pathname;
    if (/^image\/(?!svg)/.test(f.mimetype)) return h('figure', {}, h('figcaption', {}, f.title), h('img', { src: path, alt: f.alt_txt || f.title }));
    return h('a', { href: path, class: 'file' }, f.title);
  });
}

function threadLine(m, ctx) {
  if (!m.reply_count || !ctx.thread) return null;
  return h('button', { type: 'button', class: 'replies', 'data-do': 'open-thread', onclick: () => ctx.thread(m.ts) },
    (m.reply_users || []).slice(0, 4).map((id) => avatar(ctx.person(id), 'tiny')),
    h('b', {}, `${m.reply_count} ${m.reply_count === 1 ? 'reply' : 'replies'}`),
    m.latest_reply ? h('small', {}, 'Last reply ' + day(m.latest_reply, ctx).toLowerCase().replace(/^(?!today|yester)/, 'on ') + ' at ' + clock(m.latest_reply, ctx.zone)) : null);
}

// quiet is a message that nobody wrote, such as that somebody joined.
const quiet = (m, ctx) => h('article', { class: 'message quiet', 'data-channel': m.channel, 'data-ts': m.ts }, h('p', {}, mrkdwn(m.text), ' ', h('time', {}, clock(m.ts, ctx.zone))));

// message renders one message. ctx: {me, zone, now, person, shortcuts, thread, edit, people, channels}.
export function message(m, ctx, joined) {
  if (m.subtype === 'channel_join') return quiet(m, ctx);
  const p = ctx.person(m.user);
  const here = { ref: { as: ctx.me, channel: m.channel, ts: m.ts }, state: m.state, people: ctx.people, channels: ctx.channels, act };
  const body = m.blocks && m.blocks.length ? blocks(m.blocks, here) : h('div', { class: 'line' }, mrkdwn(m.text));
  const time = h('time', { datetime: at(m.ts).toISOString(), title: full(m.ts, ctx.zone) }, clock(m.ts, ctx.zone));
  const edited = m.edited ? h('span', { class: 'note edited', title: full(m.edited.ts, ctx.zone) }, ' (edited)') : null;
  if (edited && body.nodeType) body.append(edited);
  return h('article', { class: 'message' + (joined ? ' joined' : '') + (m.ephemeral ? ' ephemeral' : ''), 'data-channel': m.channel, 'data-ts': m.ts, 'data-user': m.user, 'aria-label': `${p.real}, ${clock(m.ts, ctx.zone)}` },
    joined ? h('div', { class: 'gutter', 'aria-hidden': 'true' }, clock(m.ts, ctx.zone)) : avatar({ ...p, bot: Boolean(m.bot_id) }),
    h('div', { class: 'what' },
      m.ephemeral ? h('p', { class: 'note only' }, icon('eye'), ' Only visible to you') : null,
      joined ? null : h('header', {}, h('strong', {}, p.real), m.bot_id ? h('span', { class: 'badge' }, 'APP') : null, time),
      m.broadcast || (m.thread_ts && m.thread_ts !== m.ts && ctx.thread) ? h('p', { class: 'note' }, h('button', { type: 'button', class: 'link', onclick: () => ctx.thread && ctx.thread(m.thread_ts) }, 'replied to a thread')) : null,
      body, files(m),
      edited && !body.nodeType ? edited : null,
      reactions(m, ctx), threadLine(m, ctx),
      m.ephemeral ? h('button', { type: 'button', class: 'link dismiss', 'data-do': 'dismiss', onclick: () => deed(m, ctx)({ do: 'delete' }) }, 'Dismiss message') : null),
    tools(m, ctx));
}

// list says which messages stand below each other, with a line for each new day:
// {id, key, ts, make}. Those of one person within five minutes stand together.
export function list(all, ctx, kind) {
  const out = [];
  let last = null;
  all.forEach((m, i) => {
    const d = day(m.ts, ctx);
    const fresh = !last || day(last.ts, ctx) !== d;
    if (fresh && kind !== 't') out.push({ id: 'day' + date(at(m.ts), ctx.zone), key: d, make: () => h('div', { class: 'day', role: 'separator' }, h('span', {}, d)) });
    const joined = !fresh && last.user === m.user && !last.subtype && !m.ephemeral && !last.ephemeral && !m.blocks && !(kind === 't' && i === 1) && Number(m.ts) - Number(last.ts) < 300;
    out.push({ id: m.ts, ts: m.ts, key: JSON.stringify([m, joined, ctx.shortcuts, d === 'Today', (m.reply_users || []).length]), make: () => message(m, ctx, joined) });
    if (kind === 't' && i === 0 && m.reply_count) out.push({ id: 'count', key: String(m.reply_count), make: () => h('div', { class: 'day start' }, h('span', {}, `${m.reply_count} ${m.reply_count === 1 ? 'reply' : 'replies'}`)) });
    last = m;
  });
  return out;
}
