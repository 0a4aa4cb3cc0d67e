// Docstrings: Google's, NumPy's, Sphinx' and PyTorch's own ways of saying a shape.

import assert from 'node:assert/strict';
import { readDocstring } from '../../../src/analysis/roots/given/docstring.ts';
import { showAxes } from '../../../src/analysis/roots/given/show.ts';

const read = (text: string): string[] => readDocstring(text).map((s) => `${s.name}: ${showAxes(s.axes)}`);

function check(what: string, lines: readonly string[], expected: readonly string[]): void {
  it(what, () => assert.deepEqual(read(['Does things.', '', ...lines].join('\n    ')), expected));
}

describe('docstrings', () => {
  check(
    'Google',
    ['Args:', '    x (Tensor): the input, of shape (N, C, H, W)', '    mask: tensor of shape [B, T]'],
    ['x: (N, C, H, W)', 'mask: (B, T)'],
  );
  check(
    'Google, over lines',
    [
      'Args:',
      '    x (Tensor): the input',
      '        with shape (B, T, D).',
      '',
      'Returns:',
      '    Tensor: logits, shape (B, 10)',
    ],
    ['x: (B, T, D)', '<output>: (B, 10)'],
  );
  check('the type says it', ['Args:', '    boxes (Tensor[N, 4]): boxes in (x1, y1, x2, y2) format'], ['boxes: (N, 4)']);
  check(
    'NumPy',
    [
      'Parameters',
      '----------',
      'x : torch.Tensor, shape (B, C)',
      '    The input.',
      '',
      'Returns',
      '-------',
      'Tensor of shape (B, 10)',
    ],
    ['x: (B, C)', '<output>: (B, 10)'],
  );
  check(
    'Sphinx',
    [':param x: the input (B, C, H, W)', ':param torch.Tensor y: of shape (B, 3)', ':return: scores (B, 10)'],
    ['x: (B, C, H, W)', 'y: (B, 3)', '<output>: (B, 10)'],
  );
  check(
    'PyTorch',
    ['Shape:', '    - Input: :math:`(N, C_{in}, H, W)`', '    - Output: :math:`(N, C_{out}, H_{out}, W_{out})`'],
    ['<input>: (N, C_in, H, W)', '<output>: (N, C_out, H_out, W_out)'],
  );
  check('sizes multiplied', ['Args:', '    x: shape B x C x H x W'], ['x: (B, C, H, W)']);
});

describe('docstrings that say no shape, or several', () => {
  check('alternatives', ['Shape:', '    - Input: :math:`(N, C, L)` or :math:`(C, L)`'], []);
  check('lists of tensors', ['Args:', '    boxes (List[Tensor[L, 4]]): boxes, shape (L, 4)'], []);
  check('one of several types', ['Args:', '    boxes (Tensor[K, 5] or List[Tensor[L, 4]]): boxes'], []);
  check(
    'numbers in prose',
    ['Args:', '    size (int or tuple): the output size (height, width)', '    p: in [0, 1] (default: 0.5)'],
    [],
  );
  check('two shapes', ['Args:', '    x: of shape (B, C), or of shape (B, C, T)'], []);
  check('outside of sections', ['x has shape (B, C).'], []);
  check('several returns', ['Returns:', '    windows: of shape (B, C)', '    (Hp, Wp): height and width'], []);
  check('a number in brackets', ['Args:', '    w (Tensor): in groups of size (channels // 4)'], []);
  check('references', ['Args:', '    x (Tensor): see [1, 2]'], []);
});
