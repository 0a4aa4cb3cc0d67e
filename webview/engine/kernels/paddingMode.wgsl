// Where a position outside an axis reads from, by padding mode; shared by the convolutions and by pad.
// 0 zeros (the caller masks), 1 reflect, 2 replicate, 3 circular.

fn padded(i: i32, size: i32, mode: u32) -> i32 {
  if (mode == 1u) {
    var r = abs(i);
    r = select(r, 2 * (size - 1) - r, r >= size);
    return r;
  }
  if (mode == 2u) { return clamp(i, 0, size - 1); }
  if (mode == 3u) { return (i % size + size) % size; }
  return i;
}
