// mrkdwn.js: Slack's markup, emoji and rich text as elements.
import { h } from './dom.js';

export const EMOJI = {
  '+1': '👍', thumbsup: '👍', '-1': '👎', eyes: '👀', white_check_mark: '✅', heavy_check_mark: '✔️', rotating_light: '🚨', heart: '❤️', tada: '🎉', warning: '⚠️',
  question: '❓', exclamation: '❗', hourglass: '⌛', hourglass_flowing_sand: '⏳', pray: '🙏', raised_hands: '🙌', raised_hand: '✋', hand: '✋', fire: '🔥', x: '❌', wave: '👋',
  bulb: '💡', bell: '🔔', no_bell: '🔕', zzz: '💤', mag: '🔍', wrench: '🔧', lock: '🔒', red_circle: '🔴', large_yellow_circle: '🟡', large_green_circle: '🟢', large_blue_circle: '🔵',
  arrow_right: '➡️', arrow_left: '⬅️', point_right: '👉', memo: '📝', link: '🔗', calendar: '📅', chart_with_upwards_trend: '📈', bar_chart: '📊', no_entry: '⛔', robot_face: '🤖',
  thinking_face: '🤔', ticket: '🎫', busts_in_silhouette: '👥', speech_balloon: '💬', see_no_evil: '🙈', smile: '😄', slightly_smiling_face: '🙂', disappointed: '😞', rocket: '🚀', sos: '🆘',
  construction: '🚧', handshake: '🤝', clock1: '🕐', star: '⭐', sparkles: '✨', mega: '📣', loudspeaker: '📢', hammer_and_wrench: '🛠️', recycle: '♻️', repeat: '🔁', stopwatch: '⏱️', bust_in_silhouette: '👤',
};

export const emoji = (name) => EMOJI[name.split('::')[0]] || ':' + name + ':';

// World says who and what the ids stand for; app.js fills it.
export const world = { people: new Map(), channels: new Map(), groups: new Map() };

const who = (id, label) => h('span', { class: 'mention' }, '@' + ((world.people.get(id) || {}).name || label || id));
const where = (id, label) => h('span', { class: 'mention' }, '#' + ((world.channels.get(id) || {}).name || label || id));

function web(url, text) {
  const ok = /^(https?:|mailto:)/i.test(url);
  return ok ? h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, text || url) : (text || url);
}

const unescape = (s) => s.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

// angle is what stands between < and >.
function angle(inner) {
  const [body, label] = inner.split('|', 2);
  if (body[0] === '@') return who(body.slice(1), label);
  if (body[0] === '#') return where(body.slice(1), label);
  if (body.startsWith('!subteam^')) return h('span', { class: 'mention' }, label || '@' + ((world.groups.get(body.slice(9)) || {}).Handle || body.slice(9)));
  if (body.startsWith('!date^')) return label || '';
  if (body[0] === '!') return h('span', { class: 'mention loud' }, '@' + body.slice(1));
  return web(unescape(body), label && unescape(label));
}

const RULES = [
  [/^```([\s\S]+?)```/, (m) => h('pre', {}, unescape(m[1].replace(/^\n/, '')))],
  [/^`([^`\n]+)`/, (m) => h('code', {}, unescape(m[1]))],
  [/^<([^<>\n]+)>/, (m) => angle(m[1])],
  [/^\*(?=\S)([^*\n]*[^*\s])\*(?!\w)/, (m) => h('strong', {}, inline(m[1]))],
  [/^_(?=\S)([^_\n]*[^_\s])_(?!\w)/, (m) => h('em', {}, inline(m[1]))],
  [/^~(?=\S)([^~\n]*[^~\s])~(?!\w)/, (m) => h('s', {}, inline(m[1]))],
  [/^:([a-z0-9_+-]+(?:::skin-tone-\d)?):/, (m) => emoji(m[1])],
  [/^\n/, () => h('br')],
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
    flush(); plain.push(line);
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
    return m && t.emoji !== false && EMOJI[m[1]] ? EMOJI[m[1]] : part;
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
    case 'emoji': out = [EMOJI[e.name] || ':' + e.name + ':']; break;
    case 'date': out = [e.fallback || new Date(e.timestamp * 1000).toLocaleString()]; break;
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
