// Where tiles lie, and what lies at a point.

import assert from 'node:assert/strict';
import { mapsOf } from '../../webview/engine/featureMaps.ts';
import { placeAt, tileLayout, tileOrigin } from '../../webview/views/tileLayout.ts';

describe('the grid of tiles', () => {
  const maps = { channels: 10, height: 32, width: 32 };
  const room = { width: 400, height: 300 };

  it('fills rows from the left', () => {
    const layout = tileLayout(maps, room, 'medium', null);
    assert.deepEqual(
      { columns: layout.columns, count: layout.count, height: layout.height },
      { columns: 4, count: 10, height: 3 * 96 + 2 * 4 },
    );
    assert.deepEqual(tileOrigin(layout, 5), { left: 100, top: 100 });
  });

  it('finds the value at a point, and nothing between tiles or behind the last', () => {
    const layout = tileLayout(maps, room, 'medium', null);
    assert.deepEqual(placeAt(layout, maps, 100, 103), { channel: 5, y: 1, x: 0 });
    assert.deepEqual(placeAt(layout, maps, 195, 195), { channel: 5, y: 31, x: 31 });
    assert.equal(placeAt(layout, maps, 98, 10), null);
    assert.equal(placeAt(layout, maps, 250, 250), null);
  });

  it('fit shows all of them at once where they can be told apart', () => {
    for (const channels of [2, 8, 30]) {
      const layout = tileLayout({ ...maps, channels }, room, 'fit', null);
      assert.ok(layout.height <= room.height, `${channels} channels are ${layout.height} high`);
    }
    assert.ok(tileLayout({ ...maps, channels: 2048 }, room, 'fit', null).tileWidth >= 48);
  });

  it('an enlarged channel takes the room there is', () => {
    const layout = tileLayout(maps, room, 'small', 7);
    assert.deepEqual([layout.first, layout.count, layout.tileWidth, layout.tileHeight], [7, 1, 300, 300]);
    assert.deepEqual(placeAt(layout, maps, 150, 0), { channel: 7, y: 0, x: 16 });
  });

  it('values of any rank become maps', () => {
    for (const [shape, channels, height, width] of [
      [[1, 64, 112, 56], 64, 112, 56],
      [[2, 3, 4, 5, 6], 12, 5, 6],
      [[1, 197, 768], 1, 197, 768],
      [[1, 1000], 1000, 1, 1],
      [[7], 7, 1, 1],
      [[], 1, 1, 1],
    ] as const) {
      assert.deepEqual(mapsOf(shape), { channels, height, width });
    }
  });
});
