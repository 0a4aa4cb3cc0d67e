// Annotations: every form with what is read from it, and annotations that say nothing.

import assert from 'node:assert/strict';
import { readAnnotation } from '../../../src/analysis/roots/given/annotation.ts';
import { showAxes } from '../../../src/analysis/roots/given/show.ts';

const aliases = new Map([
  ['Image', 'Float[Tensor, "b 3 h w"]'],
  ['Pixel', 'Float[Tensor, "c"]'],
]);

function read(annotation: string): string | null {
  const shape = readAnnotation(annotation, aliases);
  return shape && showAxes(shape.axes) + (shape.dtype ? ` ${shape.dtype}` : '');
}

const SHAPES: readonly (readonly [annotation: string, shape: string])[] = [
  ['Float[Tensor, "b c h w"]', '(b, c, h, w) float32'],
  ["Float[torch.Tensor, '*batch 3 h w']", '(*batch, 3, h, w) float32'],
  ['Float32[Tensor, "... d"]', '(…, d) float32'],
  ['Int64[Tensor, "b t"]', '(b, t) int64'],
  ['Int[Tensor, ""]', '() int64'],
  ['Bool[Tensor, "b n"]', '(b, n) bool'],
  ['UInt8[Tensor, "h w 3"]', '(h, w, 3) uint8'],
  ['Shaped[Tensor, "b n"]', '(b, n)'],
  ['Num[Tensor, "b n"]', '(b, n)'],
  ['Float[Tensor, "_ _name c=3 #b ?t"]', '(_, _, 3, #b, _) float32'],
  ['Float[Tensor, "b n-1 dim//2 2*d"]', '(b, n − 1, ⌊dim/2⌋, 2·d) float32'],
  ['Float[Tensor, "b {self.dim}"]', '(b, _) float32'],
  ['jaxtyping.Float[torch.Tensor, "b c"]', '(b, c) float32'],
  ['"Float[Tensor, \'b c\']"', '(b, c) float32'],
  ['Optional[Float[Tensor, "b c"]]', '(b, c) float32'],
  ['Float[Tensor, "b c"] | None', '(b, c) float32'],
  ['Union[Float[Tensor, "b c"], None]', '(b, c) float32'],
  ['Image', '(b, 3, h, w) float32'],
  ['Optional[Image]', '(b, 3, h, w) float32'],
  ['Float[Pixel, "h w"]', '(h, w, c) float32'],
  ['Annotated[Tensor, "B C H W"]', '(B, C, H, W)'],
  ['Annotated[Tensor, "(B, 3, H, W)"]', '(B, 3, H, W)'],
  ['Annotated[torch.Tensor, ("B", 3, "H", "W")]', '(B, 3, H, W)'],
  ['Annotated[Tensor, (B, 3, 224, 224)]', '(B, 3, 224, 224)'],
  ['TensorType["batch", 3, "h", "w"]', '(batch, 3, h, w)'],
  ['TensorType["batch", "d", float]', '(batch, d) float32'],
  ['TensorType[..., "d"]', '(…, d)'],
  ['TensorType["b": 3, -1, torch.int64]', '(3, _) int64'],
  ['Tensor["B", 3]', '(B, 3)'],
  ['Tensor["b c h w"]', '(b, c, h, w)'],
  ['Tensor[out_channels, in_channels // groups]', '(out_channels, in_channels // groups)'],
];

const NO_SHAPES: readonly string[] = [
  'Tensor',
  'torch.Tensor',
  'int',
  'List[Tensor]',
  'Tuple[Tensor, Tensor]',
  'Dict[str, Tensor]',
  'Literal["a", "b"]',
  'Optional[Tensor]',
  'Callable[..., Tensor]',
  'Annotated[Tensor, "The input image"]',
  'Annotated[int, Field(gt=3)]',
  'Float[Tensor, "b, c"]',
  'Float[Tensor]',
  'Union[Float[Tensor, "b c"], Float[Tensor, "b d"]]',
  '"Tensor"',
  'list["Float"]',
  'Float[Tensor, "b',
  '',
];

describe('annotations with shapes', () => {
  for (const [annotation, shape] of SHAPES) it(annotation, () => assert.equal(read(annotation), shape));

  it('say where their sizes stand', () => {
    for (const annotation of [
      'Optional[Float[Tensor, "b c"]]',
      '"Float[Tensor, \'b c\']"',
      'Annotated[Tensor, "(b c)"]',
    ]) {
      const { start, end } = readAnnotation(annotation)!;
      assert.equal(annotation.slice(start, end), 'b c');
    }
  });
});

describe('annotations without shapes', () => {
  for (const annotation of NO_SHAPES) it(annotation || '(empty)', () => assert.equal(read(annotation), null));
});
