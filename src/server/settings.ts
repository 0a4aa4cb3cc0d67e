// Settings: what the user chose, read from whatever an editor sends.
//   {"inlayHints": {"shapes": false}}      # all else as it is by default

export interface Settings {
  inlayHints: { shapes: boolean; params: boolean };
  codeLens: boolean;
  /** Absolute paths, or relative to a workspace folder. */
  extraPaths: readonly string[];
  /** What classes are fed: `{"Net": "(1, 3, 224, 224)"}`. */
  inputs: Readonly<Record<string, string>>;
  /** Which use of a class hints show: `{"BasicBlock": "resnet18() › layer2.0"}`. */
  uses: Readonly<Record<string, string>>;
}

export const defaultSettings: Settings = {
  inlayHints: { shapes: true, params: true },
  codeLens: true,
  extraPaths: [],
  inputs: {},
  uses: {},
};

/** Reads the `layerlens` section; what is missing or of another type keeps its default. */
export function readSettings(section: unknown): Settings {
  const hints = field(section, 'inlayHints');
  const extraPaths = field(section, 'extraPaths');
  return {
    inlayHints: {
      shapes: flag(field(hints, 'shapes'), defaultSettings.inlayHints.shapes),
      params: flag(field(hints, 'params'), defaultSettings.inlayHints.params),
    },
    codeLens: flag(field(section, 'codeLens'), defaultSettings.codeLens),
    extraPaths: Array.isArray(extraPaths) ? extraPaths.filter((path) => typeof path === 'string') : [],
    inputs: texts(field(section, 'inputs')),
    uses: texts(field(section, 'uses')),
  };
}

/** A field of something that came over the wire. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function texts(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function flag(value: unknown, otherwise: boolean): boolean {
  return typeof value === 'boolean' ? value : otherwise;
}
