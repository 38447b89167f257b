// icons.js: the small pictures of the page, so that it needs no font for them.
import { svg } from './dom.js';

const LINES = {
  lock: 'M5 9h10v8H5z M7 9V6.5a3 3 0 0 1 6 0V9',
  eye: 'M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10z M10 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  smile: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15z M7.5 8v.8 M12.5 8v.8 M6.8 12c1.6 2.4 4.8 2.4 6.4 0',
  reply: 'M3 4h14v9.5H9.5L5.5 17v-3.500H3z M6.5 7.500h7 M6.5 10.200h4.5',
  trash: 'M4 5.500h12 M8 5.500V3.500h4v2 M5.5 5.500l.8 11h7.400l.8-11',
  good: 'M3 9h3v8H3z M6 9l3.2-6.200c1.4 0 2.1.9 2.1 2v3.200h4.200a1.5 1.5 0 0 1 1.5 1.800l-1.1 5.800a1.7 1.7 0 0 1-1.7 1.400H6',
};

// icon is a line drawing in the colour of the text.
export function icon(name) {
  const d = LINES[name === 'bad' ? 'good' : name];
  const path = svg('path', { d, fill: 'none', stroke: 'currentColor', 'stroke-width': '1.5', 'stroke-linecap': 'round', 'stroke-linejoin': 'round', ...(name === 'bad' ? { transform: 'rotate(180 10 10)' } : {}) });
  return svg('svg', { viewBox: '0 0 20 20', class: 'icon', 'aria-hidden': 'true' }, path);
}

const thumb = 'M3 9h3v8H3z M7 9l3.2-6.200c1.4 0 2.1.9 2.1 2v3.200h3.500a1.5 1.5 0 0 1 1.5 1.800l-1.1 5.800a1.7 1.7 0 0 1-1.7 1.400H7z';
const disc = (fill) => [['circle', { cx: 10, cy: 10, r: 7, fill }]];
const DRAWN = {
  eyes: [['ellipse', { cx: 6, cy: 10, rx: 4, ry: 6, fill: '#fff', stroke: '#777' }], ['ellipse', { cx: 14.5, cy: 10, rx: 4, ry: 6, fill: '#fff', stroke: '#777' }], ['circle', { cx: 5, cy: 11, r: 2, fill: '#333' }], ['circle', { cx: 13.5, cy: 11, r: 2, fill: '#333' }]],
  white_check_mark: [['rect', { x: 2, y: 2, width: 16, height: 16, rx: 3, fill: '#3a9d4f' }], ['path', { d: 'M5.5 10.500l3 3 6-7', fill: 'none', stroke: '#fff', 'stroke-width': 2.4 }]],
  rotating_light: [['path', { d: 'M5 14V9.500a5 5 0 0 1 10 0V14z', fill: '#e0303f' }], ['rect', { x: 3, y: 14, width: 14, height: 3, rx: 1, fill: '#6b7280' }], ['path', { d: 'M10 3V1 M4.5 5L3 3.5 M15.5 5L17 3.5', stroke: '#e0303f', 'stroke-width': 1.6 }]],
  '+1': [['path', { d: thumb, fill: '#f0b429' }]],
  '-1': [['path', { d: thumb, fill: '#f0b429', transform: 'rotate(180 10 10)' }]],
  heart: [['path', { d: 'M10 17C3 12 2 9 2 7a4 4 0 0 1 8-1.200A4 4 0 0 1 18 7c0 2-1 5-8 10z', fill: '#e0303f' }]],
  tada: [['path', { d: 'M3 17.500L7 6.500l7 7z', fill: '#f0b429' }], ['circle', { cx: 13, cy: 4, r: 1.3, fill: '#e0303f' }], ['circle', { cx: 17, cy: 8, r: 1.3, fill: '#1264a3' }], ['circle', { cx: 16.5, cy: 12.5, r: 1.1, fill: '#3a9d4f' }], ['circle', { cx: 9, cy: 3, r: 1.1, fill: '#a6449c' }]],
  warning: [['path', { d: 'M10 2l8.5 15.500h-17z', fill: '#f0b429' }], ['path', { d: 'M10 7.500v5 M10 14.500v1', stroke: '#3b2f00', 'stroke-width': 1.8 }]],
  x: [['path', { d: 'M4 4l12 12 M16 4L4 16', stroke: '#e0303f', 'stroke-width': 3 }]],
  red_circle: disc('#e0303f'), large_yellow_circle: disc('#f0b429'), large_green_circle: disc('#3a9d4f'), large_blue_circle: disc('#1264a3'),
};

// drawn is an emoji for machines that have no font for them, or null.
export function drawn(name) {
  if (!Object.hasOwn(DRAWN, name)) return null;
  return svg('svg', { viewBox: '0 0 20 20', class: 'icon emoji', role: 'img', 'aria-label': name.replace(/_/g, ' ') }, DRAWN[name].map(([tag, attrs]) => svg(tag, attrs)));
}

// hasEmoji says whether this machine can write emoji: a tear and a rocket look
// different, unless both are the same empty box.
export function hasEmoji() {
  const write = (text) => {
    const c = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    c.canvas.width = c.canvas.height = 24;
    c.font = '18px sans-serif';
    c.fillText(text, 0, 20);
    return c.getImageData(0, 0, 24, 24).data.join();
  };
  return write('\u{1F622}') !== write('\u{1F680}') && write('\u{1F680}') !== write('\u{10FFFD}');
}
