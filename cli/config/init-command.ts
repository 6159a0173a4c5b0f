import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { visible } from '../../model/visible-text.ts';
import type { Command } from '../command/command.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';
import { PATH_KINDS } from '../command/flag-value.ts';
import { borrowed, type Flag, flagsIn, readFlags } from '../command/flags.ts';
import { filled } from '../command/help.ts';
import { GATEWAY_FLAGS } from '../gateway/gateway-flags.ts';

const NAME = 'config init';

export const configInitCommand: Command = {
  name: NAME,
  summary: 'write a commented gatehouse.yaml',
  about: `Writes a config file that has every flag of "gatehouse gateway", commented out, with what it is for. Flags of the
gateway that are given here are set in it. A file that is there is left alone.`,
  positionals: ['FILE'],
  completes: 'files',
  flags: borrowed(GATEWAY_FLAGS),
  exits: { 0: 'written', 1: 'failed (it says why), or the file is there already' },

  async run(words, context) {
    const { values, positionals } = readFlags(NAME, words, GATEWAY_FLAGS, ['FILE']);
    const given = flagsIn(words, GATEWAY_FLAGS).given.map(({ name }) => name);
    const said = Object.fromEntries(Object.entries(values).filter(([name]) => given.includes(name)));
    const file = resolve(positionals[0] ?? '');
    try {
      // Without the group's right to write, under which no gateway would read it.
      await writeFile(file, configText(said), { flag: 'wx', mode: 0o644 });
    } catch (cause) {
      const { code = '', message } = cause as NodeJS.ErrnoException;
      const why =
        code === 'EEXIST' ? 'is there already: move it away, or name another' : `cannot be written: ${message}`;
      throw new CommandError(exitCodes.failed, `${file} ${why}`, { cause });
    }
    context.print(visible(`wrote ${file}; "gatehouse config check ${file}" says what a gateway would make of it`));
    return exitCodes.done;
  },
};

/** A config file with the values that are given, and with everything else as a comment. */
function configText(given: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries<Flag>(GATEWAY_FLAGS).filter(([, { isHidden }]) => !isHidden);
  return `# yaml-language-server: $schema=gatehouse.schema.json
# What "gatehouse gateway --config" is told. "gatehouse config schema" prints the schema that the line above names.
# A flag counts before the environment, the environment before this file. Relative paths start from this file's folder.

${entries.map(([name, flag]) => entryText(name, flag, given[name])).join('\n')}`;
}

function entryText(name: string, flag: Flag, given: unknown): string {
  const says = filled(flag.says, 110).map((line) => `# ${line}\n`);
  if (given === undefined) return `${says.join('')}#${name}: ${standIn(flag)}\n`;
  const values = (Array.isArray(given) ? given : [given]).map((value) => written(flag, value));
  return `${says.join('')}${name}: ${flag.multiple ? `[${values.join(', ')}]` : values.join('')}\n`;
}

function standIn(flag: Flag): string {
  if (flag.type === 'boolean') return 'true';
  return flag.default === undefined ? (flag.value ?? '') : written(flag, flag.default);
}

/** Text in quotes is the same to every reader of YAML; JSON's quotes are among those of YAML 1.2. */
function written(flag: Flag, value: unknown): string {
  if (flag.type === 'boolean' || flag.kind === 'number') return String(value);
  const isPath = PATH_KINDS.has(flag.kind ?? 'text');
  return JSON.stringify(isPath ? resolve(String(value)) : value);
}
