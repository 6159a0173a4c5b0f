import { visible } from '../../model/visible-text.ts';

/** Where a value comes from. */
export type Origin =
  | { readonly from: 'flag' }
  | { readonly from: 'environment'; readonly variable: string }
  | { readonly from: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly from: 'default' };

/** A value of one flag, and who said it. */
export interface Said {
  /** Of the flag, without dashes. */
  readonly name: string;
  /** As the flag takes them; `true` or `false` for one that is on or off. */
  readonly values: readonly string[];
  readonly origin: Origin;
}

/** What is wrong with one thing that the config file or the environment says. */
export interface SettingProblem {
  /** The flag that it is about, as far as that can be told; null: the whole. */
  readonly name: string | null;
  readonly origin: Origin;
  /** One sentence: what it is, and how to mend it. */
  readonly message: string;
}

/** `gatehouse.yaml:3:7`, as compilers and editors have it; `GATEHOUSE_LISTEN`. */
export function originInWords(origin: Origin): string {
  if (origin.from === 'environment') return origin.variable;
  if (origin.from !== 'file') return origin.from;
  return `${visible(origin.file)}:${origin.line}:${origin.column}`;
}

/** With where it is in front. */
export function problemInWords({ origin, message }: SettingProblem): string {
  if (origin.from === 'flag') return message;
  return origin.from === 'file' && origin.line === 0
    ? `${visible(origin.file)} ${message}`
    : `${originInWords(origin)}: ${message}`;
}
