// mrkdwn.js: Slack's markup, emoji and rich text as elements.
import { h } from './dom.js';
import { drawn } from './icons.js';

export const EMOJI = {
  '+1': '👍', thumbsup: '👍', '-1': '👎', eyes: '👀', white_check_mark: '✅', heavy_check_mark: '✔️', rotating_light: '🚨', heart: '❤️', tada: '🎉', warning: '⚠️',
  question: '❓', exclamation: '❗', hourglass: '⌛', hourglass_flowing_sand: '⏳', pray: '🙏', raised_hands: '🙌', raised_hand: '✋', hand: '✋', fire: '🔥', x: '❌', wave: '👋',
  bulb: '💡', bell: '🔔', no_bell: '🔕', zzz: '💤', mag: '🔍', wrench: '🔧', lock: '🔒', red_circle: '🔴', large_yellow_circle: '🟡', large_green_circle: '🟢', large_blue_circle: '🔵',
  arrow_right: '➡️', arrow_left: '⬅️', point_right: '👉', memo: '📝', link: '🔗', calendar: '📅', chart_with_upwards_trend: '📈', bar_chart: '📊', no_entry: '⛔', robot_face: '🤖',
  thinking_face: '🤔', ticket: '🎫', busts_in_silhouette: '👥', speech_balloon: '💬', see_no_evil: '🙈', smile: '😄', slightly_smiling_face: '🙂', disappointed: '😞', rocket: '🚀', sos: '🆘',
  construction: '🚧', handshake: '🤝', clock1: '🕐', star: '⭐', sparkles: '✨', mega: '📣', loudspeaker: '📢', hammer_and_wrench: '🛠️', recycle: '♻️', repeat: '🔁', stopwatch: '⏱️', bust_in_silhouette: '👤',
};

const bare = (name) => name.split('::')[0];
const known = (name) => Object.hasOwn(EMOJI, bare(name));

// emoji is one as text, glyph as a thing to look at; without a font for them it is
// drawn, or its name stands there.
export const emoji = (name) => (known(name) && world.emoji ? EMOJI[bare(name)] : ':' + name + ':');
export const glyph = (name) => (known(name) && !world.emoji && drawn(bare(name))) || emoji(name);
export const drawable = (name) => known(name) && (world.emoji || Boolean(drawn(name)));

// World says who and what the ids stand for, when it is and in which zone one
// reads; app.js fills it.
export const world = { people: new Map(), channels: new Map(), groups: new Map(), me: '', now: 0, zone: 'UTC', emoji: true };

const who = (id, label) => h('span', { class: id === world.me ? 'mention loud' : 'mention', 'data-user': id }, '@' + ((world.people.get(id) || {}).name || label || id));
const where = (id, label) => h('button', { type: 'button', class: 'mention', 'data-go': id }, '#' + ((world.channels.get(id) || {}).name || label || id));

// web is a link; what is no address of the web stays a text. Links to messages of
// the workspace lead there on this page.
export function web(url, text) {
  if (!/^(https?:\/\/|mailto:)/i.test(url)) return text || url;
  const m = /\/archives\/([CDG]\w+)\/p(\d{10})(\d{6})(?:\?(?:.*&)?thread_ts=([\d.]+))?/.exec(url);
  const go = m ? { 'data-go': m[1], 'data-at': m[2] + '.' + m[3], 'data-in': m[4] } : {};
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer', ...go }, text || url);
}

const fmt = (at, o) => at.toLocaleString('en-GB', { timeZone: world.zone, ...o });

// near is today, yesterday or tomorrow, or the other way to say the day.
function near(at, other) {
  const key = (d) => fmt(d, { year: 'numeric', month: '2-digit', day: '2-digit' });
  const now = world.now * 1000;
  const hit = [['today', 0], ['yesterday', -1], ['tomorrow', 1]].find(([, n]) => key(at) === key(new Date(now + n * 86400000)));
  return hit ? hit[0] : other;
}

function ago(seconds) {
  const past = world.now - seconds;
  const [n, unit] = [[86400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second']].map(([s, u]) => [Math.floor(Math.abs(past) / s), u]).find(([k]) => k > 0) || [0, 'second'];
  const words = n + ' ' + unit + (n === 1 ? '' : 's');
  return past >= 0 ? words + ' ago' : 'in ' + words;
}

// moment writes a time in the form that a token string asks for.
export function moment(seconds, form, fallback) {
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime())) return fallback || String(seconds);
  const short = () => fmt(at, { day: 'numeric', month: 'short', year: 'numeric' });
  const plain = () => fmt(at, { day: 'numeric', month: 'long', year: 'numeric' });
  const long = () => fmt(at, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const makers = {
    date_num: () => new Intl.DateTimeFormat('en-CA', { timeZone: world.zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at),
    date_slash: () => fmt(at, { day: '2-digit', month: '2-digit', year: 'numeric' }),
    date: plain, date_short: short, date_long: long, date_pretty: () => near(at, plain()), date_short_pretty: () => near(at, short()), date_long_pretty: () => near(at, long()),
    date_long_full: long, day_divider_pretty: () => near(at, long()), time: () => fmt(at, { hour: '2-digit', minute: '2-digit' }),
    time_secs: () => fmt(at, { hour: '2-digit', minute: '2-digit', second: '2-digit' }), ago: () => ago(Number(seconds)),
  };
  return form.replace(/\{(\w+)\}/g, (all, name) => (Object.hasOwn(makers, name) ? makers[name]() : all));
}

function date(body, label) {
  const [, seconds, form, link] = body.split('^');
  const text = h('time', {}, moment(seconds, form || '{date_num} {time}', label));
  return link ? web(unescape(link), text) : text;
}

const unescape = (s) => s.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

// angle is what stands between < and >.
function angle(inner) {
  const cut = inner.indexOf('|');
  const [body, label] = cut < 0 ? [inner, ''] : [inner.slice(0, cut), unescape(inner.slice(cut + 1))];
  if (body[0] === '@') return who(body.slice(1), label);
  if (body[0] === '#') return where(body.slice(1), label);
  if (body.startsWith('!subteam^')) return h('span', { class: 'mention' }, label || '@' + ((world.groups.get(body.slice(9)) || {}).Handle || body.slice(9)));
  if (body.startsWith('!date^')) return date(body, label);
  if (body[0] === '!') return h('span', { class: 'mention loud' }, '@' + body.slice(1));
  return web(unescape(body), label);
}

const RULES = [
  [/^```([\s\S]+?)```/, (m) => h('pre', {}, unescape(m[1].replace(/^\n/, '')))],
  [/^`([^`\n]+)`/, (m) => h('code', {}, unescape(m[1]))],
  [/^<([^<>\n]+)>/, (m) => angle(m[1])],
  [/^\*(?=\S)([^*\n]*[^*\s])\*(?!\w)/, (m) => h('strong', {}, inline(m[1]))],
  [/^_(?=\S)([^_\n]*[^_\s])_(?!\w)/, (m) => h('em', {}, inline(m[1]))],
  [/^~(?=\S)([^~\n]*[^~\s])~(?!\w)/, (m) => h('s', {}, inline(m[1]))],
  [/^:([a-z0-9_+-]+(?:::skin-tone-\d)?):/, (m) => glyph(m[1])],
  [/^\n/, () => h('br')],
  [/^https?:\/\/(?:&amp;|[^\s<>|&])+[^\s<>|&.,;:!?)'"\]]/, (m) => web(unescape(m[0]))],
];

function inline(text) {
  const out = [];
  let plain = '';
  for (let rest = text, before = ''; rest;) {
    const rule = /\w/.test(before) ? RULES.filter(([, f], i) => i < 3 || i > 5) : RULES;
    let hit = null;
    for (const [re, make] of rule) {
      const m = re.exec(rest);
      if (m) { hit = [m, make]; break; }
    }
    if (!hit) {
      plain += rest[0]; before = rest[0]; rest = rest.slice(1);
      continue;
    }
    if (plain) out.push(unescape(plain));
    plain = '';
    out.push(hit[1](hit[0]));
    before = ' ';
    rest = rest.slice(hit[0][0].length);
  }
  if (plain) out.push(unescape(plain));
  return out;
}

// mrkdwn turns Slack's markup into elements. Lines that begin with > are quotes.
export function mrkdwn(text) {
  const out = [];
  let quote = [];
  const flush = () => { if (quote.length) out.push(h('blockquote', {}, inline(quote.join('\n')))); quote = []; };
  let plain = [];
  const flushPlain = () => { if (plain.length) out.push(...inline(plain.join('\n'))); plain = []; };
  let fenced = false; // a line of code that begins with > is no quote
  for (const line of (text || '').split('\n')) {
    const m = !fenced && /^(?:&gt;|>)\s?(.*)$/.exec(line);
    if (m) { flushPlain(); quote.push(m[1]); continue; }
    flush();
    plain.push(line);
    if ((line.match(/```/g) || []).length % 2) fenced = !fenced;
  }
  flush(); flushPlain();
  return out;
}

// text is a text object of Block Kit.
export function text(t) {
  if (!t) return [];
  if (t.type === 'mrkdwn') return mrkdwn(t.text);
  return t.text.split(/(:[a-z0-9_+-]+:|\n)/).map((part) => {
    if (part === '\n') return h('br');
    const m = /^:([a-z0-9_+-]+):$/.exec(part);
    return m && t.emoji !== false ? glyph(m[1]) : part;
  });
}

// leaf is one part of a line of rich text.
function leaf(e) {
  let out;
  switch (e.type) {
    case 'text': out = e.text.split(/(\n)/).map((p) => (p === '\n' ? h('br') : p)); break;
    case 'link': out = [web(e.url, e.text)]; break;
    case 'user': out = [who(e.user_id)]; break;
    case 'channel': out = [where(e.channel_id)]; break;
    case 'usergroup': out = [angle('!subteam^' + e.usergroup_id)]; break;
    case 'broadcast': out = [h('span', { class: 'mention loud' }, '@' + e.range)]; break;
    case 'emoji': out = [glyph(e.name)]; break;
    case 'date': out = [e.url ? web(e.url, moment(e.timestamp, e.format || '{date_num} {time}', e.fallback)) : h('time', {}, moment(e.timestamp, e.format || '{date_num} {time}', e.fallback))]; break;
    case 'color': out = [h('code', {}, e.value)]; break;
    default: out = [e.text || ''];
  }
  const s = e.style || {};
  if (s.code) out = [h('code', {}, out)];
  if (s.strike) out = [h('s', {}, out)];
  if (s.italic) out = [h('em', {}, out)];
  if (s.bold) out = [h('strong', {}, out)];
  return out;
}

// rich is a rich_text block or cell.
export function rich(block) {
  return (block.elements || []).map((e) => {
    const inner = () => (e.elements || []).map(leaf);
    switch (e.type) {
      case 'rich_text_list': return h(e.style === 'ordered' ? 'ol' : 'ul', { class: 'indent' + (e.indent || 0), start: e.style === 'ordered' && e.offset ? e.offset + 1 : undefined }, (e.elements || []).map((s) => h('li', {}, (s.elements || []).map(leaf))));
      case 'rich_text_preformatted': return h('pre', {}, inner());
      case 'rich_text_quote': return h('blockquote', {}, inner());
      default: return h('div', { class: 'line' }, inner());
    }
  });
}
