// blocks.js: Block Kit as elements. What people can act on is in elements.js.
import { h } from './dom.js';
import { text, rich, web } from './mrkdwn.js';
import { markdown } from './markdown.js';
import { chart } from './chart.js';
import { table } from './table.js';
import { element, input } from './elements.js';

// picture shows an image; what was uploaded here comes from here, whatever name
// this server has.
function picture(b) {
  let src = b.image_url || '';
  if (b.slack_file) src = b.slack_file.id ? '/files/' + encodeURIComponent(b.slack_file.id) + '/image' : b.slack_file.url || '';
  if (/^https?:\/\/[^/]+\/files\/F/.test(src) && b.slack_file) src = new URL(src).pathname;
  return /^(https?:|data:image\/(?!svg)|\/files\/)/i.test(src) ? h('img', { src, alt: b.alt_text || '' }) : h('span', { class: 'note' }, '[' + (b.alt_text || 'image') + ']');
}

const line = (t, tag) => (t ? h(tag || 'div', { class: 'line' }, text(t)) : null);

function section(b, ctx) {
  const e = b.accessory;
  return h('div', { class: 'section' + (e && e.type !== 'image' ? ' acts' : '') },
    h('div', { class: 'body' }, line(b.text), b.fields ? h('div', { class: 'fields' }, b.fields.map((f) => h('div', {}, text(f)))) : null),
    e ? h('div', { class: 'accessory' }, e.type === 'image' ? picture(e) : element(b, e, ctx)) : null);
}

function card(b, ctx) {
  return h('div', { class: 'card' },
    b.hero_image ? h('div', { class: 'hero' }, picture(b.hero_image)) : null,
    h('div', { class: 'inner' },
      h('div', { class: 'row' }, b.icon ? picture(b.icon) : null, h('div', {}, b.title ? h('strong', {}, text(b.title)) : null, b.subtitle ? h('div', { class: 'note' }, text(b.subtitle)) : null)),
      line(b.body), b.subtext ? h('div', { class: 'note' }, text(b.subtext)) : null,
      b.actions ? h('div', { class: 'actions' }, b.actions.map((e) => element(b, e, ctx))) : null));
}

const STATES = { complete: '✓', in_progress: '…', pending: '○', error: '!' };

function task(b) {
  return h('div', { class: 'task ' + (STATES[b.status] ? b.status : 'pending') }, h('span', { class: 'mark', 'aria-label': (b.status || 'pending').replace('_', ' ') }, STATES[b.status] || '○'),
    h('div', {}, b.hide_title ? null : h('strong', {}, b.title || ''), b.details ? h('div', { class: 'rich' }, rich(b.details)) : null, b.output ? h('div', { class: 'rich note' }, rich(b.output)) : null,
    (b.sources || []).map((s) => h('div', { class: 'note' }, web(s.url || '', s.text)))));
}

function container(b, ctx) {
  const head = [b.icon ? picture(b.icon) : null, b.title ? h('strong', {}, text(b.title)) : null, b.rich_text_title ? h('strong', {}, rich(b.rich_text_title)) : null, b.subtitle ? h('span', { class: 'note' }, text(b.subtitle)) : null];
  const inner = h('div', { class: 'inner' }, blocks(b.child_blocks, ctx));
  if (b.is_collapsible) return h('details', { class: 'container', open: !b.default_collapsed }, h('summary', {}, head), inner);
  return h('div', { class: 'container' }, head.some(Boolean) ? h('div', { class: 'head' }, head) : null, inner);
}

const KINDS = {
  header: (b) => h('h3', { class: 'header' }, text(b.text)),
  divider: () => h('hr'),
  section, card, container, table, data_table: table, input,
  context: (b) => h('div', { class: 'context' }, (b.elements || []).map((e) => (e.type === 'image' ? picture(e) : h('span', {}, text(e))))),
  actions: (b, ctx) => h('div', { class: 'actions' }, (b.elements || []).map((e) => element(b, e, ctx))),
  context_actions: (b, ctx) => h('div', { class: 'actions slight' }, (b.elements || []).map((e) => element(b, e, ctx))),
  image: (b) => h('figure', {}, b.title ? h('figcaption', {}, text(b.title)) : null, picture(b)),
  rich_text: (b) => h('div', { class: 'rich' }, rich(b)),
  markdown: (b) => h('div', { class: 'markdown' }, markdown(b.text || '')),
  data_visualization: (b) => chart(b),
  alert: (b) => h('div', { class: 'alert ' + (['info', 'warning', 'error', 'success'].includes(b.level) ? b.level : 'default'), role: 'note' }, text(b.text)),
  carousel: (b, ctx) => h('div', { class: 'carousel', tabindex: 0, role: 'region', 'aria-label': 'Cards' }, (b.elements || []).map((c) => card(c, ctx))),
  task_card: task,
  plan: (b) => h('div', { class: 'plan' }, h('strong', {}, b.title || ''), (b.tasks || []).map(task)),
  video: (b) => h('div', { class: 'card' }, h('div', { class: 'inner' }, h('strong', {}, web(b.title_url || b.video_url || '', '▶ ' + ((b.title || {}).text || 'Video'))), line(b.description))),
};

// blocks renders a list of blocks. ctx says where they stand: {ref, state, people, channels, act, form}.
export function blocks(list, ctx) {
  return (list || []).map((b) => {
    const make = Object.hasOwn(KINDS, b.type) ? KINDS[b.type] : null;
    return h('div', { class: 'block is-' + String(b.type).replace(/\W/g, ''), 'data-block-id': b.block_id }, make ? make(b, ctx) : h('p', { class: 'note' }, 'A block of type ' + b.type + ' is not drawn here.'));
  });
}
