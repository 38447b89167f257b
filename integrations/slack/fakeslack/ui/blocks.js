// blocks.js: Block Kit as elements. What people can act on is in elements.js.
import { h } from './dom.js';
import { text, rich, mrkdwn } from './mrkdwn.js';
import { chart } from './chart.js';
import { element, input } from './elements.js';

function picture(b) {
  const src = b.image_url || (b.slack_file && (b.slack_file.url || '/files/' + b.slack_file.id + '/image'));
  return h('img', { src, alt: b.alt_text || '', loading: 'lazy' });
}

function cell(c, tag, attrs) {
  if (!c) return h(tag, attrs);
  const number = c.type === 'raw_number';
  const inner = c.type === 'rich_text' ? rich(c) : (number ? c.text || String(c.value) : c.text || '');
  return h(tag, { ...attrs, class: number ? 'number' : attrs && attrs.class }, inner);
}

function table(b) {
  const settings = b.column_settings || [];
  const at = (j) => ({ class: ((settings[j] || {}).align || '') + ((settings[j] || {}).is_wrapped ? ' wrap' : '') });
  const [head, ...rows] = b.rows || [];
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': b.caption || 'Table' },
    h('table', {},
      b.caption ? h('caption', {}, b.caption) : null,
      h('thead', {}, h('tr', {}, (head || []).map((c, j) => cell(c, 'th', { ...at(j), scope: 'col' })))),
      h('tbody', {}, rows.map((r) => h('tr', {}, r.map((c, j) => (j === (b.row_header_column_index ?? -1) ? cell(c, 'th', { ...at(j), scope: 'row' }) : cell(c, 'td', at(j)))))))));
}

// Markdown is shown with the little of it that Slack's own markup shares.
function markdown(b) {
  return h('div', { class: 'line' }, mrkdwn(b.text.replace(/\*\*(.+?)\*\*/g, '*$1*').replace(/^#+\s*(.+)$/gm, '*$1*').replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, '<$2|$1>')));
}

const KINDS = {
  header: (b) => h('h3', { class: 'header' }, text(b.text)),
  divider: () => h('hr'),
  section: (b, ctx) => h('div', { class: 'section' },
    h('div', { class: 'body' },
      b.text ? h('div', { class: 'line' }, text(b.text)) : null,
      b.fields ? h('div', { class: 'fields' }, b.fields.map((f) => h('div', {}, text(f)))) : null),
    b.accessory ? h('div', { class: 'accessory' }, b.accessory.type === 'image' ? picture(b.accessory) : element(b, b.accessory, ctx)) : null),
  context: (b) => h('div', { class: 'context' }, (b.elements || []).map((e) => (e.type === 'image' ? picture(e) : h('span', {}, text(e))))),
  actions: (b, ctx) => h('div', { class: 'actions' }, (b.elements || []).map((e) => element(b, e, ctx))),
  context_actions: (b, ctx) => KINDS.actions(b, ctx),
  image: (b) => h('figure', {}, b.title ? h('figcaption', {}, text(b.title)) : null, picture(b)),
  rich_text: (b) => h('div', { class: 'rich' }, rich(b)),
  table, data_table: table, markdown,
  data_visualization: (b) => chart(b),
  input: (b, ctx) => input(b, ctx),
  alert: (b) => h('div', { class: 'alert ' + (b.level || 'default'), role: 'note' }, text(b.text)),
  container: (b, ctx) => h('div', { class: 'container' }, b.title ? h('h3', {}, text(b.title)) : null, blocks(b.child_blocks, ctx)),
};

// blocks renders a list of blocks. ctx says where they stand: {ref, state, people, channels, act, form}.
export function blocks(list, ctx) {
  return (list || []).map((b) => {
    const make = KINDS[b.type];
    return h('div', { class: 'block', 'data-block': b.block_id }, make ? make(b, ctx) : h('p', { class: 'note' }, 'A block of type ' + b.type + ' is not drawn here.'));
  });
}
