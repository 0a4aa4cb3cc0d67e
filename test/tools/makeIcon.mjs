// Draws media/icon.png: a stack of three feature maps, the top one lit by what it sees.
//   node test/tools/makeIcon.mjs

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { root } from './system.mjs';

const size = 128;
const samplesPerSide = 6; // of each pixel, for smooth edges

const background = { top: [27, 40, 56], bottom: [12, 19, 29], radius: 26 };

/** Sheets seen from above at an angle, the lowest first. `centre` is the height on the picture. */
const sheets = [
  { centre: 88, colour: [58, 92, 150], cells: [72, 112, 176] },
  { centre: 65, colour: [38, 148, 168], cells: [58, 176, 190] },
  { centre: 42, colour: [240, 246, 250], cells: null },
];
const halfWidth = 50;
const halfHeight = 25;
const cellsPerSide = 4;

/** The top sheet's cells, from cold to hot, as a feature map shows an edge. */
const activations = [
  [0.05, 0.2, 0.55, 0.3],
  [0.15, 0.6, 1.0, 0.5],
  [0.45, 0.95, 0.7, 0.2],
  [0.35, 0.5, 0.2, 0.05],
];
const heat = [
  [38, 52, 112],
  [110, 62, 160],
  [222, 82, 110],
  [252, 158, 79],
  [255, 226, 130],
];

const picture = new PNG({ width: size, height: size });
for (let y = 0; y < size; y++) {
  for (let x = 0; x < size; x++) picture.data.set(pixel(x, y), (y * size + x) * 4);
}
const path = join(root, 'media/icon.png');
writeFileSync(path, PNG.sync.write(picture, { deflateLevel: 9 }));

/** The mean of a grid of points inside the pixel, weighted by how much they cover. */
function pixel(x, y) {
  const sum = [0, 0, 0];
  let covered = 0;
  for (let i = 0; i < samplesPerSide; i++) {
    for (let j = 0; j < samplesPerSide; j++) {
      const colour = colourAt(x + (i + 0.5) / samplesPerSide, y + (j + 0.5) / samplesPerSide);
      if (!colour) continue;
      covered++;
      for (const channel of [0, 1, 2]) sum[channel] += colour[channel];
    }
  }
  const opacity = covered / samplesPerSide ** 2;
  return [...sum.map((value) => (covered ? Math.round(value / covered) : 0)), Math.round(255 * opacity)];
}

function colourAt(x, y) {
  if (!insideRoundedSquare(x, y)) return null;
  for (const sheet of sheets.toReversed()) {
    const colour = sheetAt(sheet, x, y);
    if (colour) return colour;
  }
  return mix(background.top, background.bottom, y / size);
}

function insideRoundedSquare(x, y) {
  const beyond = (value) => Math.max(background.radius - value, value - (size - background.radius), 0);
  return Math.hypot(beyond(x), beyond(y)) <= background.radius;
}

/** A sheet is a square of u, v in 0…1 turned by 45° and flattened; it has a rim and a shadow under it. */
function sheetAt({ centre, colour, cells }, x, y) {
  const across = (x - size / 2) / halfWidth;
  const down = (y - centre) / halfHeight;
  const u = (across + down + 1) / 2;
  const v = (down - across + 1) / 2;
  if (u < 0 || u > 1 || v < 0 || v > 1) return thickness(centre, colour, across, y);
  const rim = 0.035;
  const inRim = Math.min(u, v, 1 - u, 1 - v) < rim;
  if (inRim) return colour;
  const gap = 0.05;
  const column = ((u - rim) / (1 - 2 * rim)) * cellsPerSide;
  const row = ((v - rim) / (1 - 2 * rim)) * cellsPerSide;
  const inGap = [column, row].some(
    (place) => Math.abs(place - Math.round(place)) < gap && Math.round(place) % cellsPerSide !== 0,
  );
  if (inGap) return colour;
  return cells ?? heatAt(activations[Math.floor(row)][Math.floor(column)]);
}

/** The edge of the sheet that faces the viewer. */
function thickness(centre, colour, across, y) {
  if (Math.abs(across) > 1) return null;
  const edge = centre + halfHeight * (1 - Math.abs(across));
  return y >= edge && y < edge + 4 ? mix(colour, [0, 0, 0], 0.35) : null;
}

function heatAt(value) {
  const place = value * (heat.length - 1);
  const below = Math.min(Math.floor(place), heat.length - 2);
  return mix(heat[below], heat[below + 1], place - below);
}

function mix(from, to, share) {
  return from.map((value, channel) => value + (to[channel] - value) * share);
}
