// Finds things on the page as people name them. Arguments: how, what, patience in
// milliseconds. It looks again whenever something changed.
const [how, what, patience] = arguments;
const squeeze = (s) => (s || '').replace(/\s+/g, ' ').trim();
const seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden';
const NAMED = 'button, a[href], summary, label, option, input, textarea, select, [role=tab], [role^=menuitem], [role=option]';

function names(e) {
  const label = e.labels && e.labels.length ? [...e.labels].map((l) => l.innerText) : [];
  const bare = e.cloneNode(true); // without what is mere decoration
  for (const x of bare.querySelectorAll('[aria-hidden=true]')) x.remove();
  return [e.innerText, bare.textContent, e.getAttribute('aria-label'), e.getAttribute('title'), e.getAttribute('placeholder'), ...label].map(squeeze);
}

function find() {
  const css = /^[#.[]/.test(what);
  const all = [...document.querySelectorAll(css ? what : NAMED)].filter((e) => seen(e) && (css || names(e).includes(squeeze(what))));
  const dialog = [...document.querySelectorAll('dialog[open]')].pop();
  const inside = dialog ? all.filter((e) => dialog.contains(e)) : [];
  if (css) return inside[0] || all[0] || null;
  const best = inside.length ? inside : all;
  return best.filter((e) => e.tagName !== 'LABEL').pop() || best.pop() || null;
}

function text() {
  const fields = [...document.querySelectorAll('input, textarea')].map((e) => e.value);
  return [document.body.innerText, ...fields].some((s) => squeeze(s).includes(squeeze(what)));
}

function choose(select, option) {
  const o = [...select.options].find((x) => squeeze(x.textContent) === squeeze(option));
  if (!o) return false;
  select.value = o.value;
  select.dispatchEvent(new Event('change', { bubbles: true }));
  return true;
}

if (how === 'choose') return choose(what, patience);
const test = { find, text: () => text() || null, gone: () => (text() ? null : true) }[how];
return new Promise((done) => {
  const give = test();
  if (give) { done(give); return; }
  const end = (value) => { watcher.disconnect(); clearInterval(again); clearTimeout(late); done(value); };
  const look = () => { const found = test(); if (found) end(found); };
  const watcher = new MutationObserver(look);
  watcher.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const again = setInterval(look, 100); // for what styles alone change
  const late = setTimeout(() => end(null), patience);
});
