// table.js: table and data_table blocks.
import { h } from './dom.js';
import { rich } from './mrkdwn.js';
import { element } from './elements.js';

function inside(b, c, ctx) {
  switch (c.type) {
    case 'rich_text': return rich(c);
    case 'raw_number': return c.text || String(c.value);
    case 'action_cell': return c.element ? element(b, c.element, ctx) : (c.fallback ? inside(b, c.fallback, ctx) : '');
    default: return c.text || '';
  }
}

function cell(b, c, tag, attrs, ctx) {
  if (!c) return h(tag, attrs);
  return h(tag, { ...attrs, class: [(attrs || {}).class, c.type === 'raw_number' ? 'number' : ''].filter(Boolean).join(' ') || undefined }, inside(b, c, ctx));
}

const worth = (c) => (!c ? '' : c.type === 'raw_number' ? c.value : (c.text || '').toLowerCase());

// order sorts rows by a column, as numbers where all are.
function order(rows, column, down) {
  const sorted = [...rows].sort((x, y) => { const [a, b] = [worth(x[column]), worth(y[column])]; return a < b ? -1 : Number(a > b); });
  return down ? sorted.reverse() : sorted;
}

// table draws one; a data_table can be sorted and has pages.
export function table(b, ctx) {
  const settings = b.column_settings || [];
  const at = (j) => { const s = settings[j] || {}; const name = [s.align && s.align !== 'left' ? s.align : '', s.is_wrapped ? 'wrap' : ''].filter(Boolean).join(' '); return name ? { class: name } : {}; };
  const [head, ...rows] = b.rows || [];
  const data = b.type === 'data_table';
  const size = data ? b.page_size || 10 : rows.length;
  const now = { column: -1, down: false, page: 0 };
  const body = h('tbody');
  const pager = h('div', { class: 'pager' });
  const row = (r) => h('tr', {}, r.map((c, j) => (data && j === (b.row_header_column_index ?? 0) ? cell(b, c, 'th', { ...at(j), scope: 'row' }, ctx) : cell(b, c, 'td', at(j), ctx))));
  const titles = (head || []).map((c, j) => cell(b, c, 'th', { ...at(j), scope: 'col' }, ctx));
  const draw = () => {
    const all = now.column < 0 ? rows : order(rows, now.column, now.down);
    const pages = Math.max(1, Math.ceil(all.length / size));
    body.replaceChildren(...all.slice(now.page * size, now.page * size + size).map(row));
    const step = (name, by) => h('button', { type: 'button', disabled: now.page + by < 0 || now.page + by >= pages, onclick: () => { now.page += by; draw(); } }, name);
    pager.replaceChildren(...(pages > 1 ? [step('Previous', -1), h('span', {}, `${now.page + 1} of ${pages}`), step('Next', 1)] : []));
    titles.forEach((t, j) => { if (now.column === j) t.setAttribute('aria-sort', now.down ? 'descending' : 'ascending'); else t.removeAttribute('aria-sort'); });
  };
  if (data) {
    titles.forEach((t, j) => t.replaceChildren(h('button', { type: 'button', class: 'sort', onclick: () => { now.down = now.column === j && !now.down; now.column = j; now.page = 0; draw(); } }, ...t.childNodes)));
  }
  draw();
  return h('div', { class: 'tabular' }, h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': b.caption || 'Table' },
    h('table', {}, b.caption ? h('caption', {}, b.caption) : null, h('thead', {}, h('tr', {}, titles)), body)), pager);
}
