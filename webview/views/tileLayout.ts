// Where the tiles of a grid of feature maps lie. Pure arithmetic; everything in CSS pixels.

import type { Maps } from '../engine/featureMaps.ts';

export const TILE_SIZES = ['fit', 'small', 'medium', 'large'] as const;
/** `fit`: as large as lets all of them be seen at once, within reason. */
export type TileSize = (typeof TILE_SIZES)[number];

export interface TileLayout {
  /** First channel shown, and how many. */
  first: number;
  count: number;
  columns: number;
  tileWidth: number;
  tileHeight: number;
  gap: number;
  /** Of the whole grid, most of which may be scrolled out of view. */
  height: number;
}

const TILE = { smallest: 48, small: 56, medium: 96, large: 168, largest: 240 };
/** Tiles of a single value (a linear layer's output) need no room. */
const SINGLE = { smallest: 10, small: 10, medium: 16, large: 24, largest: 32 };
const GAP = 4;
/** A map wider or higher than this many times its other side is squeezed to that. */
const MAX_STRETCH = 4;

interface Room {
  width: number;
  height: number;
}

/** The grid of all channels, or one channel (`enlarged`) as large as the room lets it. */
export function tileLayout(maps: Maps, room: Room, size: TileSize, enlarged: number | null): TileLayout {
  const aspect = Math.min(MAX_STRETCH, Math.max(1 / MAX_STRETCH, maps.width / maps.height));
  if (enlarged !== null || maps.channels === 1) {
    const tileWidth = Math.max(16, Math.floor(Math.min(room.width, room.height * aspect)));
    const tileHeight = Math.max(16, Math.floor(tileWidth / aspect));
    return { first: enlarged ?? 0, count: 1, columns: 1, tileWidth, tileHeight, gap: 0, height: tileHeight };
  }
  const sides = maps.height * maps.width === 1 ? SINGLE : TILE;
  if (size !== 'fit') return gridOf(maps.channels, room, sides[size], aspect);
  for (let side = sides.largest; side > sides.smallest; side -= 2) {
    const grid = gridOf(maps.channels, room, side, aspect);
    if (grid.height <= room.height && (grid.columns > 1 || maps.channels === 1)) return grid;
  }
  return gridOf(maps.channels, room, sides.smallest, aspect);
}

function gridOf(channels: number, room: Room, side: number, aspect: number): TileLayout {
  const gap = side <= SINGLE.largest ? 2 : GAP;
  const tileWidth = Math.round(side * Math.sqrt(aspect));
  const tileHeight = Math.round(side / Math.sqrt(aspect));
  const columns = Math.max(1, Math.min(channels, Math.floor((room.width + gap) / (tileWidth + gap))));
  const rows = Math.ceil(channels / columns);
  return {
    first: 0,
    count: channels,
    columns,
    tileWidth,
    tileHeight,
    gap,
    height: rows * (tileHeight + gap) - gap,
  };
}

export interface Place {
  channel: number;
  y: number;
  x: number;
}

/** What lies at a point of the grid (scrolling included); null between tiles. */
export function placeAt(layout: TileLayout, maps: Maps, left: number, top: number): Place | null {
  const column = Math.floor(left / (layout.tileWidth + layout.gap));
  const row = Math.floor(top / (layout.tileHeight + layout.gap));
  const inX = left - column * (layout.tileWidth + layout.gap);
  const inY = top - row * (layout.tileHeight + layout.gap);
  const tile = row * layout.columns + column;
  const outside = column < 0 || row < 0 || column >= layout.columns || tile >= layout.count;
  if (outside || inX < 0 || inY < 0 || inX >= layout.tileWidth || inY >= layout.tileHeight) return null;
  return {
    channel: layout.first + tile,
    y: Math.min(maps.height - 1, Math.floor((inY * maps.height) / layout.tileHeight)),
    x: Math.min(maps.width - 1, Math.floor((inX * maps.width) / layout.tileWidth)),
  };
}

/** Where a channel's tile begins. */
export function tileOrigin(layout: TileLayout, channel: number): { left: number; top: number } {
  const tile = channel - layout.first;
  return {
    left: (tile % layout.columns) * (layout.tileWidth + layout.gap),
    top: Math.floor(tile / layout.columns) * (layout.tileHeight + layout.gap),
  };
}
