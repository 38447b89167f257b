// markdown.js: the markdown block, as elements. What it does not know stays text.
import { h } from './dom.js';
import { web, glyph } from './mrkdwn.js';

const RULES = [
  [/^\\([\\`*_{}[\]()#+.!~>|-])/, (m) => m[1]],
  [/^`([^`\n]+)`/, (m) => h('code', {}, m[1])],
  [/^!?\[([^\]\n]*)\]\(([^()\s]+)\)/, (m) => web(m[2], m[1] || m[2])],
  [/^<(https?:\/\/[^<>\s]+)>/, (m) => web(m[1])],
  [/^\*\*(?=\S)((?:[^*\n]|\*(?!\*))*[^*\s])\*\*/, (m) => h('strong', {}, inline(m[1]))],
  [/^__(?=\S)([^_\n]*[^_\s])__/, (m) => h('strong', {}, inline(m[1]))],
  [/^~~(?=\S)([^~\n]*[^~\s])~~/, (m) => h('s', {}, inline(m[1]))],
  [/^\*(?=\S)([^*\n]*[^*\s])\*/, (m) => h('em', {}, inline(m[1]))],
  [/^_(?=\S)([^_\n]*[^_\s])_(?!\w)/, (m) => h('em', {}, inline(m[1]))],
  [/^:([a-z0-9_+-]+):/, (m) => glyph(m[1])],
  [/^https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)'"\]]/, (m) => web(m[0])],
  [/^\n/, () => h('br')],
];

function inline(text) {
  const out = [];
  let plain = '';
  for (let rest = text; rest;) {
    const rule = /\w$/.test(plain) && rest[0] === '_' ? null : RULES.map(([re, make]) => [re.exec(rest), make]).find(([m]) => m);
    if (!rule) { plain += rest[0]; rest = rest.slice(1); continue; }
    if (plain) out.push(plain);
    plain = '';
    out.push(rule[1](rule[0]));
    rest = rest.slice(rule[0][0].length);
  }
  if (plain) out.push(plain);
  return out;
}

const cells = (line) => line.trim().replace(/^\||\|$/g, '').split('|').map((c) => c.trim());
const ITEM = /^(\s*)(?:[-*+]|(\d+)[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/;

function items(lines) {
  const ordered = Boolean(ITEM.exec(lines[0])[2]);
  return h(ordered ? 'ol' : 'ul', {}, lines.map((l) => { const m = ITEM.exec(l); return h('li', { class: m[1].length > 1 ? 'indent1' : undefined }, m[3] ? (m[3] === ' ' ? '☐ ' : '☑ ') : null, inline(m[4])); }));
}

// KINDS are what a paragraph can be: what its first line is like, what a line that
// belongs to it is like, and what becomes of the lines.
const KINDS = [
  [/^#{1,6}\s+\S/, null, ([l]) => h('h4', {}, inline(l.replace(/^#+\s+|\s+#+$/g, '')))],
  [/^\s*(?:---+|\*\*\*+|___+)\s*$/, null, () => h('hr')],
  [/^>/, /^>/, (lines) => h('blockquote', {}, inline(lines.map((l) => l.replace(/^>\s?/, '')).join('\n')))],
  [ITEM, ITEM, items],
  [/^\s*\|.*\|\s*$/, /^\s*\|.*\|\s*$/, ([head, ...rows]) => h('div', { class: 'scroll' }, h('table', {}, h('thead', {}, h('tr', {}, cells(head).map((c) => h('th', { scope: 'col' }, inline(c))))),
    h('tbody', {}, rows.filter((r) => !/^[\s|:-]+$/.test(r)).map((r) => h('tr', {}, cells(r).map((c) => h('td', {}, inline(c))))))))],
];

// markdown turns a text into elements.
export function markdown(text) {
  const lines = text.replace(/\r/g, '').split('\n');
  const out = [];
  let para = [];
  const flush = () => { if (para.length) out.push(h('p', {}, inline(para.join('\n')))); para = []; };
  for (let i = 0; i < lines.length; i++) {
    const fence = /^\s*(```+|~~~+)/.exec(lines[i]);
    const kind = KINDS.find(([start]) => start.test(lines[i]));
    if (fence) {
      flush();
      const from = i + 1;
      for (i = from; i < lines.length && !lines[i].trim().startsWith(fence[1]);) i++;
      out.push(h('pre', {}, lines.slice(from, i).join('\n')));
    } else if (kind) {
      flush();
      const from = i;
      while (kind[1] && i + 1 < lines.length && kind[1].test(lines[i + 1])) i++;
      out.push(kind[2](lines.slice(from, i + 1)));
    } else if (!lines[i].trim()) flush();
    else para.push(lines[i]);
  }
  flush();
  return out;
}
