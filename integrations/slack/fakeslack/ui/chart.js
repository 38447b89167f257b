// chart.js: data_visualization as SVG. Below each picture stands the same as a
// table, for screen readers and for those who want the numbers.
import { h, svg } from './dom.js';

const W = 520, H = 260, L = 46, R = 10, T = 10, B = 40;
const number = (v) => (Math.abs(v) >= 1000 ? Math.round(v).toLocaleString('en-GB') : String(Math.round(v * 100) / 100));

// steps are round numbers from below the least to above the greatest value.
function steps(low, high) {
  if (low === high) high = low + 1;
  const raw = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw);
  const out = [];
  for (let v = Math.floor(low / step) * step; out.length < 9; v += step) {
    out.push(v);
    if (v >= high - step * 1e-6) break;
  }
  return out;
}

function axes(chart, marks, y, x) {
  const names = chart.axis_config.categories;
  const skip = Math.ceil(names.length / 8);
  const parts = marks.map((v) => [
    svg('line', { class: 'grid', x1: L, x2: W - R, y1: y(v), y2: y(v) }),
    svg('text', { x: L - 6, y: y(v) + 4, 'text-anchor': 'end' }, number(v)),
  ]);
  names.forEach((name, i) => {
    if (i % skip) return;
    const short = name.length > 11 ? name.slice(0, 10) + '…' : name;
    parts.push(svg('text', { x: x(i), y: H - B + 16, 'text-anchor': 'middle' }, short));
  });
  const { x_label: below, y_label: beside } = chart.axis_config;
  if (below) parts.push(svg('text', { class: 'axis', x: (L + W - R) / 2, y: H - 6, 'text-anchor': 'middle' }, below));
  if (beside) parts.push(svg('text', { class: 'axis', transform: `translate(11 ${(T + H - B) / 2}) rotate(-90)`, 'text-anchor': 'middle' }, beside));
  return parts;
}

function series(chart) {
  const names = chart.axis_config.categories;
  const rows = chart.series.map((s) => names.map((n) => (s.data.find((p) => p.label === n) || { value: 0 }).value));
  const all = rows.flat();
  const marks = steps(Math.min(0, ...all), Math.max(0, ...all));
  const low = marks[0], high = marks[marks.length - 1];
  const y = (v) => T + (H - B - T) * (1 - (v - low) / (high - low));
  const slot = (W - L - R) / names.length;
  const bar = chart.type === 'bar';
  const x = (i) => L + slot * (i + 0.5);
  const parts = axes(chart, marks, y, x);
  rows.forEach((row, k) => {
    if (bar) {
      const width = (slot * 0.72) / rows.length;
      row.forEach((v, i) => parts.push(svg('rect', {
        class: 'fill c' + k, x: L + slot * i + slot * 0.14 + width * k, width: Math.max(width - 1, 1), y: Math.min(y(v), y(0)), height: Math.max(Math.abs(y(v) - y(0)), 0.5), rx: 2,
      }, svg('title', {}, `${chart.series[k].name}, ${names[i]}: ${number(v)}`))));
      return;
    }
    const line = row.map((v, i) => `${x(i)},${y(v)}`).join(' ');
    if (chart.type === 'area') parts.push(svg('polygon', { class: 'area c' + k, points: `${x(0)},${y(0)} ${line} ${x(row.length - 1)},${y(0)}` }));
    parts.push(svg('polyline', { class: 'stroke c' + k, points: line }));
    row.forEach((v, i) => parts.push(svg('circle', { class: 'fill c' + k, cx: x(i), cy: y(v), r: 3 }, svg('title', {}, `${chart.series[k].name}, ${names[i]}: ${number(v)}`))));
  });
  return svg('svg', { viewBox: `0 0 ${W} ${H}`, 'aria-hidden': 'true' }, parts);
}

function pie(chart) {
  const sum = chart.segments.reduce((a, s) => a + s.value, 0);
  const c = 100, r = 90;
  let angle = -Math.PI / 2;
  const parts = chart.segments.map((s, k) => {
    const share = s.value / sum;
    const name = svg('title', {}, `${s.label}: ${number(s.value)} (${Math.round(share * 100)} %)`);
    if (share > 0.9999) return svg('circle', { class: 'fill c' + k, cx: c, cy: c, r }, name);
    const from = [c + r * Math.cos(angle), c + r * Math.sin(angle)];
    angle += share * 2 * Math.PI;
    const to = [c + r * Math.cos(angle), c + r * Math.sin(angle)];
    return svg('path', { class: 'fill c' + k, d: `M${c},${c} L${from} A${r},${r} 0 ${share > 0.5 ? 1 : 0} 1 ${to} Z` }, name);
  });
  return svg('svg', { viewBox: '0 0 200 200', class: 'pie', 'aria-hidden': 'true' }, parts);
}

function asTable(title, chart) {
  const head = chart.type === 'pie' ? ['', 'Value'] : ['', ...chart.series.map((s) => s.name)];
  const rows = chart.type === 'pie'
    ? chart.segments.map((s) => [s.label, number(s.value)])
    : chart.axis_config.categories.map((n) => [n, ...chart.series.map((s) => number((s.data.find((p) => p.label === n) || { value: 0 }).value))]);
  return h('details', { class: 'numbers' }, h('summary', {}, 'Numbers'),
    h('div', { class: 'scroll' }, h('table', {}, h('caption', { class: 'hidden' }, title), h('thead', {}, h('tr', {}, head.map((x) => h('th', { scope: 'col' }, x)))),
      h('tbody', {}, rows.map((r) => h('tr', {}, h('th', { scope: 'row' }, r[0]), r.slice(1).map((v) => h('td', { class: 'number' }, v))))))));
}

// chart draws a data_visualization block.
export function chart(b) {
  const c = b.chart;
  const names = c.type === 'pie' ? c.segments.map((s) => s.label) : c.series.map((s) => s.name);
  const legend = h('ul', { class: 'legend', 'aria-hidden': 'true' }, names.map((n, k) => h('li', {}, h('i', { class: 'c' + k }), n)));
  return h('figure', { class: 'chart' }, h('figcaption', {}, b.title), c.type === 'pie' ? pie(c) : series(c), legend, asTable(b.title, c));
}
