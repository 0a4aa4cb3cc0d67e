// Given shapes as people read them: (b, 3, h, ⌊w/2⌋), (*batch, _).

import { showDim } from '../../dims/display.ts';
import type { GivenAxis } from './givenShape.ts';

export function showAxes(axes: readonly GivenAxis[]): string {
  const shown = axes.map(showAxis);
  return shown.length === 1 ? `(${shown[0]},)` : `(${shown.join(', ')})`;
}

function showAxis(axis: GivenAxis): string {
  switch (axis.kind) {
    case 'any':
      return '_';
    case 'many':
      return axis.name === null ? '…' : `*${axis.name}`;
    case 'size':
      return (axis.broadcasts ? '#' : '') + showDim(axis.size);
  }
}
