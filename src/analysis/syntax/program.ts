// Program: our own small, language-neutral syntax tree. Python becomes one in python.ts; TypeScript will in typescript.ts.
//   x = self.conv(x)   →   Assign { targets: [Name x], value: Call { callee: Attribute { Name self, conv }, args: [Name x] } }
// Lines of nodes count from the start of their chunk (a top-level statement), so that an edit elsewhere in the file
// leaves the converted tree of an untouched statement valid.

/** Where a node stands: lines from 0, relative to its chunk; columns in UTF-16 units; the end is exclusive. */
export interface Place {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** A top-level statement, converted once per text. */
export interface Chunk {
  /** The statement's first line in the file, from 0; moves when lines above it come or go. */
  line: number;
  text: string;
  statements: readonly Statement[];
}

export interface Program {
  file: string;
  chunks: readonly Chunk[];
  /** Syntax errors, in lines of the file. */
  errors: readonly Place[];
  source: string;
}

export interface FunctionCode {
  name: string;
  /** Of the name. */
  namePlace: Place;
  params: readonly Parameter[];
  /** Converted when first asked for. */
  body(): readonly Statement[];
  isAsync: boolean;
  /** It holds a `yield` of its own. */
  isGenerator(): boolean;
  returns: Expression | null;
  /** Lambdas evaluate `body()[0]`, a Return. */
  isLambda: boolean;
  chunk: Chunk;
}

export interface Parameter {
  name: string;
  place: Place;
  kind: 'positionalOnly' | 'normal' | 'rest' | 'keywordOnly' | 'restKeywords';
  default: Expression | null;
  annotation: Expression | null;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '@' | '<<' | '>>' | '&' | '|' | '^';
export type CompareOperator = '<' | '<=' | '>' | '>=' | '==' | '!=' | 'in' | 'not in' | 'is' | 'is not';

export type Argument =
  | { kind: 'positional'; value: Expression }
  | { kind: 'keyword'; name: string; value: Expression }
  | { kind: 'spread'; value: Expression }
  | { kind: 'spreadKeywords'; value: Expression };

export interface ComprehensionClause {
  target: Expression;
  iterable: Expression;
  conditions: readonly Expression[];
}

export type Literal =
  | { type: 'int' | 'float'; value: number }
  | { type: 'str' | 'bytes'; value: string }
  | { type: 'bool'; value: boolean }
  | { type: 'none' | 'ellipsis' };

/** A piece of an f-string: text, or a value with its conversion (`!r`) and its specification, which may hold values too. */
export type FormatPart = string | { value: Expression; conversion: string; spec: readonly FormatPart[] };

export type Expression = Place &
  (
    | { kind: 'Name'; name: string }
    | { kind: 'Literal'; literal: Literal }
    | { kind: 'Format'; parts: readonly FormatPart[] }
    | { kind: 'List' | 'Tuple' | 'Set'; items: readonly Expression[] }
    | { kind: 'Dict'; entries: readonly { key: Expression | null; value: Expression }[] }
    | { kind: 'Unary'; operator: '-' | '+' | '~' | 'not'; operand: Expression }
    | { kind: 'Binary'; operator: BinaryOperator; left: Expression; right: Expression }
    | { kind: 'Logical'; operator: 'and' | 'or'; left: Expression; right: Expression }
    | { kind: 'Compare'; operands: readonly Expression[]; operators: readonly CompareOperator[] }
    | { kind: 'Conditional'; test: Expression; consequent: Expression; otherwise: Expression }
    | { kind: 'Call'; callee: Expression; args: readonly Argument[] }
    | { kind: 'Attribute'; object: Expression; name: string; namePlace: Place }
    | { kind: 'Index'; object: Expression; index: Expression }
    | { kind: 'Slice'; start: Expression | null; stop: Expression | null; step: Expression | null }
    | { kind: 'Lambda'; code: FunctionCode }
    | {
        kind: 'Comprehension';
        form: 'list' | 'set' | 'dict' | 'generator';
        element: Expression;
        value: Expression | null;
        clauses: readonly ComprehensionClause[];
      }
    | { kind: 'NamedExpression'; target: string; value: Expression }
    | { kind: 'Await'; value: Expression }
    | { kind: 'Yield'; value: Expression | null; from: boolean }
    | { kind: 'Spread'; value: Expression }
    | { kind: 'Bad'; text: string }
  );

export interface ExceptClause {
  type: Expression | null;
  name: string | null;
  body: readonly Statement[];
}

export interface ImportedName {
  name: string;
  alias: string | null;
}

/** Patterns of `match`. */
export type Pattern =
  | { kind: 'value'; value: Expression }
  | { kind: 'capture'; name: string | null }
  | { kind: 'sequence'; items: readonly Pattern[] }
  | { kind: 'star'; name: string | null }
  | { kind: 'mapping'; entries: readonly { key: Expression; pattern: Pattern }[]; rest: string | null }
  | {
      kind: 'class';
      class: Expression;
      positional: readonly Pattern[];
      keywords: readonly { name: string; pattern: Pattern }[];
    }
  | { kind: 'or'; alternatives: readonly Pattern[] }
  | { kind: 'as'; pattern: Pattern; name: string };

export interface MatchCase {
  pattern: Pattern;
  guard: Expression | null;
  body: readonly Statement[];
}

export type Statement = Place &
  (
    | { kind: 'Expression'; value: Expression }
    | { kind: 'Assign'; targets: readonly Expression[]; value: Expression }
    | { kind: 'AugmentedAssign'; target: Expression; operator: BinaryOperator; value: Expression }
    | { kind: 'AnnotatedAssign'; target: Expression; annotation: Expression; value: Expression | null }
    | { kind: 'Return'; value: Expression | null }
    | { kind: 'If'; test: Expression; consequent: readonly Statement[]; otherwise: readonly Statement[] }
    | {
        kind: 'For';
        target: Expression;
        iterable: Expression;
        body: readonly Statement[];
        otherwise: readonly Statement[];
      }
    | { kind: 'While'; test: Expression; body: readonly Statement[]; otherwise: readonly Statement[] }
    | { kind: 'Break' | 'Continue' | 'Pass' }
    | { kind: 'Function'; code: FunctionCode; decorators: readonly Expression[] }
    | {
        kind: 'Class';
        name: string;
        namePlace: Place;
        bases: readonly Argument[];
        body: readonly Statement[];
        decorators: readonly Expression[];
      }
    | { kind: 'Import'; names: readonly ImportedName[] }
    | { kind: 'ImportFrom'; module: string; level: number; names: readonly ImportedName[] | '*' }
    | { kind: 'Raise'; exception: Expression | null }
    | {
        kind: 'Try';
        body: readonly Statement[];
        handlers: readonly ExceptClause[];
        otherwise: readonly Statement[];
        finally: readonly Statement[];
      }
    | { kind: 'With'; items: readonly { value: Expression; target: Expression | null }[]; body: readonly Statement[] }
    | { kind: 'Assert'; test: Expression; message: Expression | null }
    | { kind: 'Delete'; targets: readonly Expression[] }
    | { kind: 'Global' | 'Nonlocal'; names: readonly string[] }
    | { kind: 'Match'; subject: Expression; cases: readonly MatchCase[] }
    | { kind: 'Bad'; text: string }
  );
