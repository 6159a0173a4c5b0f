import type { Flags } from './flags.ts';

/**
 * How every command that prints something is asked for JSON: `-o json`, as kubectl is. `--json` is read too.
 * @param says what the JSON has.
 */
export function outputFlags<const Says extends string>(says: Says) {
  return {
    output: { type: 'string', short: 'o', value: 'text|json', choices: ['text', 'json'], default: 'text', says },
    json: { type: 'boolean', isHidden: true, says: 'the same as --output json' },
  } as const satisfies Flags;
}

/** Whether JSON is wanted. */
export function wantsJson({
  output,
  json,
}: {
  readonly output?: string;
  readonly json?: boolean | undefined;
}): boolean {
  return json === true || output === 'json';
}
