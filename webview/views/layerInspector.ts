// What is known of the chosen layer: its construction, shapes, costs, and where its weights come from.

import type { GraphScope, ModelGraph, ShapeJson } from '../../src/analysis/graph/modelGraph.ts';
import { count, exact, bytes as formatBytes } from '../../src/analysis/graph/numbers.ts';
import { element } from './dom.ts';
import { formatShape, isSizes } from './format.ts';

const FLOAT_BYTES = 4;

export class LayerInspector {
  readonly root = element('section', { class: 'inspector', 'aria-label': 'Layer' });
  readonly #weights = element('p', { class: 'origin' });
  #origin = '';
  #picture = '';

  show(scope: GraphScope, graph: ModelGraph): void {
    const title = element(
      'div',
      { class: 'title' },
      element('h2', {}, scope.path === '' ? graph.name : scope.path),
      scope.path !== '' && element('span', { class: 'class' }, scope.className),
    );
    const bytes = bytesOf(scope.output);
    const facts = element(
      'dl',
      { class: 'facts' },
      ...fact(
        'Input',
        scope.input === null ? 'never called' : scope.input.map((shape) => formatShape(shape)).join(', '),
      ),
      ...fact('Output', formatShape(scope.output)),
      ...fact('Parameters', scope.params === null ? '?' : scope.params === 0 ? 'none' : exact(scope.params)),
      ...fact('MACs', scope.macs === null ? '?' : count(scope.macs)),
      ...fact('Memory', memoryOf(scope.params ?? 0, bytes)),
    );
    this.root.replaceChildren(title, element('code', { class: 'repr' }, scope.repr), facts, this.#weights);
    this.#sayOrigins();
  }

  setWeights(origin: string): void {
    this.#origin = origin;
    this.#sayOrigins();
  }

  setPicture(steps: string): void {
    this.#picture = steps;
    this.#sayOrigins();
  }

  #sayOrigins(): void {
    const sentences = [this.#origin && `Weights: ${this.#origin}.`, this.#picture && `Picture: ${this.#picture}.`];
    this.#weights.textContent = sentences.filter(Boolean).join(' ');
  }
}

function fact(name: string, text: string): HTMLElement[] {
  return [element('div', {}, element('dt', {}, name), element('dd', {}, text))];
}

function memoryOf(params: number, output: number | null): string {
  const parts = [
    output !== null && `${formatBytes(output)} output`,
    params > 0 && `${formatBytes(params * FLOAT_BYTES)} weights`,
  ];
  return parts.filter(Boolean).join(', ') || '?';
}

/** Bytes of a value in float32; null where a size is not known. */
function bytesOf(shape: ShapeJson): number | null {
  if (shape === null) return null;
  if (!isSizes(shape)) {
    const parts = ('seq' in shape ? shape.seq : Object.values(shape.map)).map(bytesOf);
    return parts.reduce<number | null>((sum, part) => (sum === null || part === null ? null : sum + part), 0);
  }
  let elements = 1;
  for (const size of shape) {
    if (typeof size !== 'number') return null;
    elements *= size;
  }
  return elements * FLOAT_BYTES;
}
