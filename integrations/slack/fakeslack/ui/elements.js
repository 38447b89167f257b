// elements.js: what people can act on: buttons, menus and inputs.
import { h, confirm } from './dom.js';
import { text, emoji } from './mrkdwn.js';
import { open, item } from './menu.js';
import { icon } from './icons.js';

const plain = (t) => ((t && t.text) || '').replace(/:([a-z0-9_+-]+):/g, (all, name) => emoji(name));

// held is what an element holds now, as a list of values: what the state says, or
// what it begins with.
function held(b, e, ctx) {
  const v = ((ctx.state || {})[b.block_id] || {})[e.action_id];
  const of = v || {
    selected_option: e.initial_option, selected_options: e.initial_options, selected_user: e.initial_user, selected_users: e.initial_users,
    selected_conversation: e.initial_conversation, selected_conversations: e.initial_conversations, selected_channel: e.initial_channel,
    selected_channels: e.initial_channels, selected_date: e.initial_date, selected_time: e.initial_time, selected_date_time: e.initial_date_time, value: e.initial_value,
  };
  if (of.rich_text_value) return [of.rich_text_value.elements.map((s) => (s.elements || []).map((x) => x.text || '').join('')).join('\n')];
  const many = of.selected_options || of.selected_users || of.selected_conversations || of.selected_channels;
  if (many) return many.map((o) => (o.value !== undefined ? o.value : o));
  const one = of.selected_option ? of.selected_option.value : of.selected_user || of.selected_conversation || of.selected_channel || of.selected_date || of.selected_time || of.selected_date_time || of.value;
  return one === undefined || one === null || one === '' ? [] : [String(one)];
}

// options are the choices of a menu: groups of [value, name].
function options(e, ctx) {
  const pairs = (list) => (list || []).map((o) => [o.value, plain(o.text)]);
  const kind = e.type.replace(/^multi_/, '');
  if (kind === 'users_select') return [['', ctx.people().map((p) => [p.id, p.real])]];
  if (kind === 'conversations_select') return [['Channels', ctx.channels().map((c) => [c.id, '#' + c.name])], ['People', ctx.people().map((p) => [p.id, p.real])]];
  if (kind === 'channels_select') return [['', ctx.channels().map((c) => [c.id, '#' + c.name])]];
  if (e.option_groups) return e.option_groups.map((g) => [plain(g.label), pairs(g.options)]);
  return [['', pairs(e.options)]];
}

function optionsOf(e, ctx, chosen) {
  const make = ([value, name]) => h('option', { value, selected: chosen.includes(value) }, name);
  return options(e, ctx).map(([label, list]) => (label ? h('optgroup', { label }, list.map(make)) : list.map(make)));
}

function select(b, e, ctx, label, attrs) {
  const chosen = held(b, e, ctx);
  if (e.type.startsWith('multi_')) return several(e, ctx, chosen, label, attrs);
  return h('select', { ...attrs, 'aria-label': label, class: chosen.length ? undefined : 'unset' },
    h('option', { value: '', selected: !chosen.length }, plain(e.placeholder) || 'Choose…'), optionsOf(e, ctx, chosen));
}

// several is a menu of which more than one can be chosen.
function several(e, ctx, chosen, label, attrs) {
  const tick = ([value, name]) => h('label', {}, h('input', { type: 'checkbox', value, checked: chosen.includes(value) }), h('span', {}, name));
  return h('div', { ...attrs, class: 'choices many', role: 'group', 'aria-label': label }, options(e, ctx).map(([group, list]) => [group ? h('small', {}, group) : null, list.map(tick)]));
}

let serial = 0;

function choices(b, e, ctx, attrs) {
  const chosen = held(b, e, ctx);
  const name = 'choice' + (++serial);
  return h('div', { ...attrs, role: e.type === 'checkboxes' ? 'group' : 'radiogroup', class: 'choices' }, (e.options || []).map((o) => h('label', {},
    h('input', { type: e.type === 'checkboxes' ? 'checkbox' : 'radio', name, value: o.value, checked: chosen.includes(o.value) }),
    h('span', {}, text(o.text), o.description ? h('small', {}, text(o.description)) : null))));
}

const TYPES = { datepicker: 'date', timepicker: 'time', datetimepicker: 'datetime-local', email_text_input: 'email', url_text_input: 'url', number_input: 'number' };

// control makes an element that holds something.
function control(b, e, ctx, label, attrs) {
  if (/_select$/.test(e.type) && !/external_select$/.test(e.type)) return select(b, e, ctx, label, attrs);
  if (e.type === 'checkboxes' || e.type === 'radio_buttons') return choices(b, e, ctx, { ...attrs, 'aria-label': label });
  let value = held(b, e, ctx)[0] || '';
  const placeholder = plain(e.placeholder);
  if (e.type === 'rich_text_input' || (e.type === 'plain_text_input' && e.multiline)) return h('textarea', { ...attrs, rows: 4, placeholder, 'aria-label': label, value });
  if (e.type === 'datetimepicker' && value) value = new Date(value * 1000 - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  const field = h('input', { ...attrs, type: TYPES[e.type] || 'text', placeholder, 'aria-label': label, value, step: e.is_decimal_allowed ? 'any' : undefined });
  if (/external_select$/.test(e.type)) suggest(field, b, e, ctx);
  return field;
}

// suggest offers what the app knows of what is typed.
function suggest(field, b, e, ctx) {
  const list = h('datalist', { id: 'list' + (++serial) });
  field.setAttribute('list', list.id);
  field.after(list);
  let timer;
  field.addEventListener('input', () => {
    clearTimeout(timer);
    if (field.value.length < (e.min_query_length ?? 3)) return;
    timer = setTimeout(async () => {
      const done = await ctx.act({ do: 'suggest', ...ctx.ref, block: b.block_id, action: e.action_id, text: field.value });
      const reply = done.reply || {};
      const all = [...(reply.options || []), ...(reply.option_groups || []).flatMap((g) => g.options)];
      list.replaceChildren(...all.map((o) => h('option', { value: o.value }, plain(o.text))));
      if (!list.isConnected) field.after(list);
    }, 300);
  });
}

// entered reads what a control holds.
export function entered(e, kind) {
  if (e.matches('.choices')) return [...e.querySelectorAll('input:checked')].map((i) => i.value);
  if (kind === 'datetimepicker' && e.value) return [String(Math.floor(new Date(e.value).getTime() / 1000))];
  return e.value === '' ? [] : [e.value];
}

async function click(node, b, e, ctx, values, c) {
  if (c && !(await confirm(c))) return false;
  node.setAttribute('aria-busy', 'true');
  await ctx.act({ do: 'click', ...ctx.ref, block: b.block_id, action: e.action_id, values });
  node.removeAttribute('aria-busy');
  return true;
}

function go(url) {
  if (url && /^https?:/i.test(url)) window.open(url, '_blank', 'noopener');
}

function button(b, e, ctx, picture) {
  const node = h('button', { type: 'button', class: ['primary', 'danger'].includes(e.style) ? e.style : '', 'data-action-id': e.action_id, 'data-block-id': b.block_id, 'aria-label': e.accessibility_label || undefined }, picture || text(e.text), e.url ? h('span', { class: 'out', 'aria-hidden': 'true' }, ' ↗') : null);
  node.addEventListener('click', async () => {
    if (node.getAttribute('aria-busy')) return;
    if (await click(node, b, e, ctx, [], e.confirm)) go(e.url);
  });
  return node;
}

function overflow(b, e, ctx) {
  const node = h('button', { type: 'button', class: 'overflow', 'data-action-id': e.action_id, 'data-block-id': b.block_id, 'aria-label': 'More actions', 'aria-haspopup': 'menu', 'aria-expanded': 'false' }, '⋯');
  const choose = async (o) => {
    node.focus();
    if (await click(node, b, e, ctx, [o.value], e.confirm)) go(o.url);
  };
  node.addEventListener('click', () => open(node, 'More actions', (e.options || []).map((o) => item([text(o.text), o.description ? h('small', {}, text(o.description)) : null], () => choose(o), { 'data-value': o.value }))));
  return node;
}

// feedback is the pair of buttons with which people judge an answer.
function feedback(b, e, ctx) {
  const one = (x, glyph) => h('button', { type: 'button', class: 'plain icon', 'data-action-id': e.action_id, 'data-block-id': b.block_id, 'data-value': x.value, 'aria-label': x.accessibility_label || (x.text || {}).text, title: (x.text || {}).text, onclick: (ev) => click(ev.currentTarget, b, e, ctx, [x.value]) }, glyph);
  return h('span', { class: 'feedback' }, e.positive_button ? one(e.positive_button, icon('good')) : null, e.negative_button ? one(e.negative_button, icon('bad')) : null);
}

// element is one in a section or in a row of actions: what is chosen is told at once.
export function element(b, e, ctx) {
  if (e.type === 'button' || e.type === 'workflow_button') return button(b, e, ctx);
  if (e.type === 'overflow') return overflow(b, e, ctx);
  if (e.type === 'feedback_buttons') return feedback(b, e, ctx);
  if (e.type === 'icon_button') return button(b, { ...e, accessibility_label: e.accessibility_label || (e.text || {}).text }, ctx, icon(e.icon === 'trash' ? 'trash' : 'smile'));
  const label = plain(e.placeholder) || plain(b.text) || 'Choose';
  const node = control(b, e, ctx, label, { 'data-action-id': e.action_id, 'data-block-id': b.block_id });
  node.addEventListener('change', async () => {
    const before = held(b, e, ctx);
    if (!(await click(node, b, e, ctx, entered(node, e.type), e.confirm)) && node.tagName === 'SELECT') node.value = before[0] || '';
  });
  return node;
}

// input is a labelled one in a form; ctx.form collects them.
export function input(b, ctx) {
  const e = b.element;
  const id = 'in' + (++serial);
  const hint = b.hint ? h('p', { class: 'note', id: id + 'h' }, text(b.hint)) : null;
  const wrong = h('p', { class: 'wrong', id: id + 'e', role: 'alert', hidden: true });
  const node = control(b, e, ctx, plain(b.label), { id, 'data-action-id': e.action_id, 'data-block-id': b.block_id, 'aria-describedby': id + 'e' + (hint ? ' ' + id + 'h' : ''), 'aria-required': b.optional ? undefined : 'true' });
  if (b.dispatch_action) node.addEventListener('change', () => click(node, b, e, ctx, entered(node, e.type)));
  if (ctx.form) ctx.form.push({ block: b.block_id, action: e.action_id, kind: e.type, node, wrong });
  return h('div', { class: 'input' }, h('label', { for: id }, text(b.label), b.optional ? h('small', {}, ' (optional)') : null), node, wrong, hint);
}
