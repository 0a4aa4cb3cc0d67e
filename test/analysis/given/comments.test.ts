// Shape comments: each style that people use with what is read from it, and comments that are no shapes.

import assert from 'node:assert/strict';
import { readShapeComment } from '../../../src/analysis/roots/given/comment.ts';
import { readLayout } from '../../../src/analysis/roots/given/commentsIn.ts';
import { showAxes } from '../../../src/analysis/roots/given/show.ts';

/** `x: (b, c)`; shapes are separated by `;`, an arrow's left side stands before ` → `. */
const read = (comment: string): string =>
  readShapeComment(comment)
    .map(
      (s) =>
        (s.name === null ? '' : `${s.name}: `) +
        (s.before ? `${showAxes(s.before)} → ` : s.arrow ? '→ ' : '') +
        showAxes(s.axes) +
        (s.dtype ? ` ${s.dtype}` : ''),
    )
    .join('; ');

const SHAPES: readonly (readonly [comment: string, shape: string])[] = [
  ['# (B, C, H, W)', '(B, C, H, W)'],
  ['# [B, C, H, W]', '(B, C, H, W)'],
  ['#(B,C,H,W)', '(B, C, H, W)'],
  ['# x: [batch, seq, dim]', 'x: (batch, seq, dim)'],
  ['# x: (B, C), y: (B, D)', 'x: (B, C); y: (B, D)'],
  ['# x.shape = (B, C, H, W)', 'x: (B, C, H, W)'],
  ['# x.shape: torch.Size([2, 3])', 'x: (2, 3)'],
  ['# x is (B, C, H, W)', 'x: (B, C, H, W)'],
  ['# x (B, 3, H, W)', 'x: (B, 3, H, W)'],
  ['# B x C x H x W', '(B, C, H, W)'],
  ['# BxCxHxW', '(B, C, H, W)'],
  ['# B × C × H/2 × W/2', '(B, C, ⌊H/2⌋, ⌊W/2⌋)'],
  ['# N x 3 x 299 x 299', '(N, 3, 299, 299)'],
  ['# N x 1000 (num_classes)', '(N, 1000)'],
  ['# 1x64x32x32', '(1, 64, 32, 32)'],
  ['# batch_size x seq_len x hidden', '(batch_size, seq_len, hidden)'],
  ['# B C H W', '(B, C, H, W)'],
  ['# b c h w -> b (h w) c', '(b, c, h, w) → (b, h·w, c)'],
  ['# torch.Size([1, 64, 32, 32])', '(1, 64, 32, 32)'],
  ['# shape: (N, 3, 32, 32)', '(N, 3, 32, 32)'],
  ['# shape = [B, 3]', '(B, 3)'],
  ['# output shape: (B, 10)', '<output>: (B, 10)'],
  ['# output: (B, 10)', '<output>: (B, 10)'],
  ['# in: (B, 3), out: (B, 4)', '<input>: (B, 3); <output>: (B, 4)'],
  ['# Tensor of shape (B, C)', '(B, C)'],
  ['# token embeddings of shape (b, t, n_embd)', '(b, t, n_embd)'],
  ['# after conv: (B, 64, H/2, W/2)', '(B, 64, ⌊H/2⌋, ⌊W/2⌋)'],
  ['# -> (B, 10)', '→ (B, 10)'],
  ['# => [B, 10]', '→ (B, 10)'],
  ['# (B, N, C) -> (B, C, N)', '(B, N, C) → (B, C, N)'],
  ['# (N, C, H, W) --> (N, H, W, C)', '(N, C, H, W) → (N, H, W, C)'],
  ['# [B, C] @ [C, D] -> [B, D]', '→ (B, D)'],
  ['# (B, nh, T, T) x (B, nh, T, hs) -> (B, nh, T, hs)', '→ (B, nh, T, hs)'],
  ['# bs, seq_len, dim', '(bs, seq_len, dim)'],
  ['# (bs, 512)', '(bs, 512)'],
  ['# (B,)', '(B,)'],
  ['# (B, T), int64', '(B, T) int64'],
  ['# (B, ..., D)', '(B, …, D)'],
  ['# (*batch, 3)', '(*batch, 3)'],
  ['# (B, ?, 64)', '(B, _, 64)'],
  ['# (B, 2*C, H//2, W + 1)', '(B, 2·C, ⌊H/2⌋, W + 1)'],
  ["# (B, 2C, H')", "(B, 2·C, H')"],
  ['# (B, ⌈H/2⌉, ⌊W/2⌋)', '(B, ⌈H/2⌉, ⌊W/2⌋)'],
  ['# (B, ceil(H/2), min(H, 8))', '(B, ⌈H/2⌉, min(H, 8))'],
  ['# (B, self.heads, cfg.d_model // 4)', '(B, heads, ⌊d_model/4⌋)'],
  ['# [B, N, C], N = H * W', '(B, N, C)'],
  ['# (B, 64, 30, 30) after pooling', '(B, 64, 30, 30)'],
];

const NO_SHAPES: readonly string[] = [
  '# (see paper)',
  '# (1, 2) are the defaults',
  '# TODO (foo)',
  '# TODO: (B, C, H, W)',
  '# type: (Tensor) -> Tensor',
  '# type: ignore[arg-type]',
  '# noqa: E501, F401',
  '# layerlens: input=(1, 3, 224, 224)',
  '# 3x3 conv',
  '# 3 x 3 x 3',
  '# 16 x 16 patches',
  '# (3, 3) kernel',
  '# (x1, y1, x2, y2)',
  '# (x, y, w, h)',
  '# (mean, std)',
  '# (h, w)',
  '# (h, c)',
  '# (R, G, B)',
  '# (q, k, v)',
  '# [1]',
  '# [0, 1]',
  '# x: [-1, 1]',
  '# (0, 2, 3, 1)',
  '# (2, 2)',
  '# conv -> bn -> relu',
  '# self.conv(x, y)',
  '# f(x, y) -> z',
  '# B, T, C = x.shape',
  '# nn.Linear(10, 20)',
  '# NCHW',
  '# first, second, third',
  '# see (B, C, H, W) above',
  '# the mean, over H and W',
  '# e.g. (B, C)',
  '# x = self.conv(x)  # (B, C)',
  '# 0.5 * (a, b)',
  '# (B, C, H, W) + (B, C, 1, 1)',
  "# ('a', 'b')",
];

describe('shape comments', () => {
  for (const [comment, shape] of SHAPES) it(comment, () => assert.equal(read(comment), shape));
});

describe('comments that are no shapes', () => {
  for (const comment of NO_SHAPES) it(comment, () => assert.equal(read(comment), ''));
});

describe('where comments are', () => {
  const found = (text: string): string[] => readLayout(text).comments.map((c) => `${c.line}:${c.column} ${c.text}`);

  it('behind code, and alone', () => assert.deepEqual(found('x = 1  # a\n  # b'), ['0:7 # a', '1:2 # b']));
  it('not in strings', () => assert.deepEqual(found('x = "# a" + \'#\'  # b'), ['0:17 # b']));
  it('not in strings over lines', () => assert.deepEqual(found('x = """\n# a\n"""  # b'), ['2:5 # b']));
  it('a quote in a comment opens nothing', () =>
    assert.deepEqual(found("x  # don't\ny  # b"), ["0:3 # don't", '1:3 # b']));
  it('statements that go on', () => assert.deepEqual(readLayout('f(\n1)\nx').continues, [true, false, false]));
});
