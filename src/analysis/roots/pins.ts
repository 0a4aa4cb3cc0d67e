// Pins: a comment that says what a model is fed.
//   # layerlens: input=(1, 3, 224, 224)
//   # layerlens: input=(1, 3, 32, 32), build=Net(num_classes=10)
// A pin stands above the class or function that it is for; on its own above nothing, it is for the whole file.

export interface Pin {
  /** Of the comment, from 0. */
  line: number;
  inputs: readonly (readonly number[])[];
  build: string | null;
  dtype: string | null;
}

const PIN = /^\s*#\s*layerlens:\s*(.*)$/;
const SHAPE = /[([]\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*,?\s*[)\]]/g;

export function readPins(source: string): Pin[] {
  if (!source.includes('layerlens:')) return [];
  const pins: Pin[] = [];
  source.split('\n').forEach((text, line) => {
    const body = PIN.exec(text)?.[1];
    if (body === undefined) return;
    const build = /\bbuild\s*=\s*(.+)$/.exec(body)?.[1]?.trim() ?? null;
    const rest = build === null ? body : body.slice(0, body.search(/\bbuild\s*=/));
    const inputs = [...rest.matchAll(SHAPE)]
      .map((m) => m[1]!.split(',').map((n) => Number.parseInt(n, 10)))
      .filter((s) => s.every((n) => n > 0));
    const dtype = /\bdtype\s*=\s*(\w+)/.exec(rest)?.[1] ?? null;
    if (inputs.length > 0 || build !== null) pins.push({ line, inputs, build, dtype });
  });
  return pins;
}
