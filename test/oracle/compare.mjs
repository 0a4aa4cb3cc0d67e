// How an answer is judged: exact, unknown or wrong. A size that the analysis leaves open is unknown, never exact.

/** A shape, or a tree of shapes, against the truth's; a null in the truth depends on data, and holds nothing. */
export function compareShapes(got, want) {
  if (want === null || want === undefined) return 'exact';
  if (got === null || got === undefined) return 'unknown';
  if (Array.isArray(want)) return compareSizes(got, want);
  if (want.seq) {
    if (got.seq?.length !== want.seq.length) return 'wrong';
    return worst(want.seq.map((shape, i) => compareShapes(got.seq[i], shape)));
  }
  if (!got.map) return 'wrong';
  return worst(Object.entries(want.map).map(([key, shape]) => compareShapes(got.map[key], shape)));
}

function compareSizes(got, want) {
  if (!Array.isArray(got) || got.length !== want.length) return 'wrong';
  if (got.some((size, i) => typeof size === 'number' && want[i] !== null && size !== want[i])) return 'wrong';
  return got.every((size, i) => typeof size === 'number' || want[i] === null) ? 'exact' : 'unknown';
}

/** Every shape that PyTorch saw on a line has to be among those given. */
export function compareLine(got, seen) {
  return worst(
    seen.map((want) => {
      if (got.some((shape) => compareShapes(shape, want) === 'exact')) return 'exact';
      return got.length === 0 || got.some((shape) => compareShapes(shape, want) === 'unknown') ? 'unknown' : 'wrong';
    }),
  );
}

export const worst = (verdicts) =>
  verdicts.includes('wrong') ? 'wrong' : verdicts.includes('unknown') ? 'unknown' : 'exact';
