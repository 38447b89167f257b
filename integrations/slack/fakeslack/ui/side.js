// side.js: the list of channels, direct messages and apps.
import { h, $, act } from './dom.js';
import { avatar } from './people.js';
import { icon } from './icons.js';

function mark(c, state) {
  const person = (id) => state.people.find((p) => p.id === id) || { id, real: id };
  if (c.kind === 'im') return avatar({ id: state.bot, name: c.name, bot: true }, 'tiny');
  if (c.kind === 'mpim') {
    const others = c.people.filter((id) => id !== state.me && id !== state.bot);
    return others.length === 1 ? avatar(person(others[0]), 'tiny') : h('span', { class: 'mark many', 'aria-hidden': 'true' }, String(others.length));
  }
  return h('span', { class: 'mark', 'aria-hidden': 'true' }, c.kind === 'group' ? icon('lock') : '#');
}

function row(c, now, openChannel) {
  const here = c.id === now.channel;
  const news = c.unread && c.member && !here;
  return h('li', {}, h('button', {
    type: 'button', class: (here ? 'here ' : '') + (news ? 'unread ' : '') + (c.member ? '' : 'out'), 'aria-current': here ? 'page' : undefined, 'data-channel': c.id, title: c.topic || undefined, onclick: () => openChannel(c.id),
  }, mark(c, now.state), h('span', { class: 'name' }, c.name), c.archived ? h('small', {}, 'archived') : null, c.shared ? h('small', {}, 'shared') : null,
  news ? h('span', { class: 'count' }, String(Math.min(c.unread, 99)), h('span', { class: 'hidden' }, ' unread')) : null));
}

const list = (name, rows) => (rows.length ? [h('h2', {}, name), h('ul', {}, rows)] : []);

// drawSide draws it for one person.
export function drawSide(now, fill, openChannel) {
  const all = now.state.channels;
  const one = (c) => row(c, now, openChannel);
  const cuts = now.state.shortcuts.filter((s) => !s.message);
  const open = Boolean($('more') && $('more').open) || Boolean(all.find((c) => c.id === now.channel && !c.member));
  const others = all.filter((c) => c.kind === 'channel' && !c.member);
  fill($('channels'), JSON.stringify([all.map((c) => ({ ...c, people: c.kind === 'mpim' ? c.people : 0 })), now.channel, now.me, cuts]), () => [
    ...list('Channels', all.filter((c) => (c.kind === 'channel' || c.kind === 'group') && c.member).map(one)),
    ...(others.length ? [h('details', { id: 'more', open }, h('summary', {}, 'More channels'), h('ul', {}, others.map(one)))] : []),
    ...list('Direct messages', all.filter((c) => c.kind === 'mpim').map(one)),
    ...list('Apps', all.filter((c) => c.kind === 'im').map(one)),
    ...list('Shortcuts', cuts.map((s) => h('li', {}, h('button', { type: 'button', 'data-shortcut': s.id, onclick: () => act({ do: 'shortcut', as: now.me, id: s.id }) }, h('span', { class: 'mark', 'aria-hidden': 'true' }, '⚡'), h('span', { class: 'name' }, s.name)))))]);
  $('link').textContent = now.state.connected ? '' : 'No app is connected';
}

// drawHead draws what stands above the messages.
export function drawHead(now, fill, isApp, openTab) {
  const c = now.state.channels.find((x) => x.id === now.channel) || { name: '', kind: '', people: [] };
  const humans = c.people.filter((id) => id !== now.state.bot).length;
  $('title').replaceChildren(...({ channel: ['# '], group: [icon('lock'), ' '] }[c.kind] || []), c.name);
  $('topic').textContent = c.kind === 'im' ? 'App' : [c.topic, `${humans} ${humans === 1 ? 'member' : 'members'}`].filter(Boolean).join(' · ');
  const tab = (id, name) => h('button', { type: 'button', role: 'tab', id: 'tab-' + id, 'aria-selected': String(now.tab === id), onclick: () => openTab(id) }, name);
  fill($('tabs'), JSON.stringify([isApp, now.tab]), () => (isApp ? [tab('home', 'Home'), tab('messages', 'Messages')] : []));
  fill($('tools'), JSON.stringify([c.id, c.member, c.kind, now.me]), () => {
    if (c.kind !== 'channel' && c.kind !== 'group') return [];
    return [h('button', { type: 'button', onclick: () => act({ do: c.member ? 'leave' : 'join', as: now.me, channel: c.id }) }, c.member ? 'Leave' : 'Join')];
  });
  const home = isApp && now.tab === 'home';
  const why = c.archived ? 'This channel is archived.' : (c.member ? '' : 'You are looking at a channel that you are not in.');
  $('tabs').hidden = !isApp;
  $('home').hidden = !home;
  $('log').hidden = home;
  $('write').hidden = home || Boolean(why);
  $('closed').hidden = home || !why;
  $('closed').textContent = why;
  $('box').placeholder = 'Message ' + (c.kind === 'channel' ? '#' : '') + c.name;
  $('whence').textContent = (c.kind === 'channel' ? '#' : '') + c.name;
  document.title = `${c.name} · ${now.state.team}`;
}
